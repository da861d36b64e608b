// A worker that does what each call asks for; for the tests of ml/runtime/rpc.
const { setTimeout: wait } = require('node:timers/promises');
const { workerData } = require('node:worker_threads');
const { product } = require('./answer.cjs');
const { AdloomError } = product('base/errors');
const { serveWorker } = product('ml/runtime/rpc');

const served = [];

const ways = {
  echo: ({ value }) => ({ value }),
  async slow({ value, ms }, cancelled) {
    for (let i = 0; i < ms; i += 10) {
      if (cancelled()) return undefined;
      await wait(10);
    }
    return { value };
  },
  /** Blocks the thread, as a model does. */
  busy({ ms }) {
    const end = performance.now() + ms;
    while (performance.now() < end);
    return {};
  },
  coded() {
    throw new AdloomError('BAD_INPUT', 'The text is too long.', { field: 'text', hint: 'Shorten it.' });
  },
  plain() {
    throw new TypeError('x is not a function');
  },
  text() {
    throw 'a text';
  },
  uncloneable: () => ({ value: () => 1 }),
  served: () => ({ value: [...served] }),
  exit: () => process.exit(3),
  pid: () => ({ value: process.pid }),
  print: ({ value }) => (require('node:fs').writeSync(1, `${value}\n`), {}),
  /** As a driver does that crashes. */
  kill: () => process.kill(process.pid, 'SIGKILL'),
  crash() {
    setImmediate(() => {
      throw new Error('out of nowhere');
    });
    return wait(60_000);
  },
};

serveWorker(async () => {
  if (workerData?.start === 'coded') throw new AdloomError('MODEL_INVALID', 'The model is broken.', { field: 'config.json', hint: 'Fetch it again.' });
  if (workerData?.start === 'plain') throw new RangeError('out of range');
  if (workerData?.start === 'exit') process.exit(0);
  return {
    ready: { greeting: 'hello' },
    async handle(call, cancelled) {
      served.push(call.value ?? call.do);
      return ways[call.do](call, cancelled);
    },
  };
});
