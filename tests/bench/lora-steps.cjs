// Training steps of a whole ranker and of adapters over it, in turn on the same batch. Sessions live in worker threads only.
const path = require('node:path');
const { parentPort, workerData } = require('node:worker_threads');

const product = (name) => require(path.join(__dirname, '..', '..', 'dist', name));
const { createRng } = product('base/rng');
const { readRankerDirectory } = product('ml/serve/ranker-directory');
const { rankerFeeds } = product('ml/gpt2/rank-feeds');
const { newAdapter } = product('ml/lora/adapter');
const { loraSites, LORA_TARGETS } = product('ml/lora/sites');
const { adapterProgram } = product('ml/train/adapter-program');
const { rankerProgram } = product('ml/train/programs');
const { lineFeeds, targetFeeds } = product('ml/train/rank-data');
const { Trainer } = product('ml/train/trainer');

const STEPS = 12;
const GROUPS = 8;
const TEXTS = 6;
const TEXT = 16;
const PREFIX = 32;

const bytesOf = (trainer) => [...trainer.state().values()].reduce((sum, { data }) => sum + data.byteLength, 0);

async function main() {
  const ranker = await readRankerDirectory(workerData.model);
  const { body } = ranker.shape;
  const rng = createRng(1);
  const ids = (length) => Int32Array.from({ length }, () => rng.int(body.vocabulary));
  // GPT-2 and its head alone: the parts beside it cost nothing to speak of, and are frozen either way.
  const shape = { body };
  const none = { rows: [], weights: [] };
  const examples = Array.from({ length: GROUPS }, () => {
    const texts = Array.from({ length: TEXTS }, () => ids(TEXT));
    return {
      prefix: ids(PREFIX), texts, prefixFeatures: none, textFeatures: texts.map(() => none), grams: texts.map(() => none),
      points: texts.map((_, i) => ({ target: Number(i === 0), weight: 1 })), pairs: texts.slice(1).map((_, i) => ({ first: 0, second: i + 1, target: 1, weight: 1 })),
    };
  });
  const feeds = { ...rankerFeeds(examples, { rowBudget: 192, positions: body.positions, deep: true, wide: false }), ...targetFeeds(examples, { points: 1, pairs: 1 }) };
  const lines = lineFeeds(examples);
  const weights = () => new Map([...ranker.weights].filter(([name]) => !/^(wide|grams)\./.test(name)).map(([name, { shape: extents, data }]) => [name, { shape: extents, data: data.slice() }]));
  const full = await Trainer.open(weights(), rankerProgram(shape, 'all', { ratio: 0.1, seed: 1 }), { clip: 1 });
  const kinds = [
    { name: 'an adapter of rank 8, every layer', lora: { rank: 8, targets: LORA_TARGETS } },
    { name: 'an adapter of rank 8, every layer, no dropout in it', lora: { rank: 8, targets: LORA_TARGETS }, dropout: 0 },
    { name: 'an adapter of rank 8, attention alone', lora: { rank: 8, targets: ['attn.c_attn', 'attn.c_proj'] } },
    { name: 'an adapter of rank 8, upper half', lora: { rank: 8, targets: LORA_TARGETS, layers: Array.from({ length: body.layers }, (_, l) => l).slice(Math.floor(body.layers / 2)) } },
  ];
  const base = weights();
  const adapters = [];
  for (const { name, lora, dropout = 0.05 } of kinds) {
    const sites = loraSites({ alpha: 16, dropout, head: true, ...lora }, body);
    const adapter = newAdapter(sites, createRng(2), base.get('score.weight'));
    adapters.push({ name, taken: [], trainer: await Trainer.open(adapter.weights, adapterProgram({ shape, base, sites, head: true }, { body: 0.1, adapter: dropout, seed: 1 }), { clip: 1 }) });
  }
  const timed = async (trainer, given) => {
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    await trainer.step([given], 1e-4);
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - started, cpu: (user + system) / 1000 };
  };
  const taken = [];
  for (let i = -2; i < STEPS; i++) {
    const whole = await timed(full, feeds);
    if (i >= 0) taken.push(whole);
    for (const each of adapters) {
      const step = await timed(each.trainer, { ...feeds, ...lines });
      if (i >= 0) each.taken.push(step);
    }
  }
  const tokens = GROUPS * (PREFIX + TEXTS * TEXT);
  const result = {
    shape: `${body.layers} layers x ${body.channels}`, tokens, full: taken, adapters: adapters.map((each) => ({ name: each.name, taken: each.taken })),
    checkpoint: { full: bytesOf(full), adapter: bytesOf(adapters[0].trainer) },
  };
  for (const { trainer } of [{ trainer: full }, ...adapters]) await trainer.close();
  parentPort.postMessage(result);
}

main().catch((error) => {
  throw error;
});
