// A program: a scorer of the fixture's classifier whose device or threads are lost on the way. Prints what its callers saw, as JSON.
const path = require('node:path');
const processes = require('node:child_process');
const threads = require('node:worker_threads');
const { product } = require('./answer.cjs');

const [, , way, adapterDirectory] = process.argv;
const started = [];
const Plain = threads.Worker;
threads.Worker = class extends Plain {
  constructor(file, options) {
    const faults = { device: { runsOfDevice: 1 }, deadly: { runsOfThread: 1 }, killed: started.length === 0 ? { runsOfThread: 1 } : {} }[way];
    super(file, { ...options, execArgv: ['--require', path.join(__dirname, 'faulty-runtime.cjs')], argv: [JSON.stringify(faults)] });
    started.push(this);
  }
};

// A thread in a process of its own hears of its faults by the environment, as it hears of all else that nobody tells it.
const fork = processes.fork;
processes.fork = (program, args, options) => {
  const env = { ...process.env, NODE_OPTIONS: `--require ${path.join(__dirname, 'faulty-runtime.cjs')}`, ADLOOM_TEST_FAULTS: JSON.stringify({ runsOfDevice: 1 }) };
  started.push(program);
  return fork(program, args, { ...options, env });
};

const { openScorer } = product('ml/serve/open-scorer');
const directory = path.join(__dirname, '..', '..', 'fixtures', 'models', 'ctr');
const log = [];
const logger = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, (message, fields) => log.push({ level, message, ...fields })]));
let adapter;
const request = (i) => ({ prefix: 'trail running', texts: ['Mud is part of the plan', `Lace up, number ${i}`], adapter });
const tell = (promise) => promise.then(({ scores, device }) => ({ logits: scores.map(({ logit }) => logit), device }), ({ code, message, retryAfterMs }) => ({ code, message, retryAfterMs }));

async function main() {
  const scorer = await openScorer(directory, { threads: 1, device: way === 'device' ? 'webgpu' : 'cpu', logger });
  if (adapterDirectory) adapter = (await scorer.loadAdapter(adapterDirectory)).id;
  const before = { device: scorer.identity.device, replies: [await tell(scorer.score(request(0)))] };
  const calls = [];
  for (const i of [1, 2, 3, 4, 5]) {
    calls.push(tell(scorer.score(request(i))));
    if (way === 'deadly') await calls.at(-1);
  }
  const during = await Promise.all(calls);
  const after = await tell(scorer.score(request(6)));
  const result = { before, during, after, device: scorer.identity.device, threads: started.length, log };
  await scorer.close();
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
void main();
