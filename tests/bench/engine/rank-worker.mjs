// Ranking itself, in a worker thread: 100 candidates of 24 tokens behind a prefix of 64, by three programs on the same weights, in turn.
//   padded  one sequence of 128 tokens per candidate, prefix and all: how a classifier is run without this engine
//   shared  the graph that serves
//   matrix  one large matrix product: what the machine can do
import { parentPort, workerData } from 'node:worker_threads';
import { product } from '../platform.mjs';

const { Graph } = product('ml/onnx/graph');
const { serialize } = product('ml/onnx/serialize');
const { matmul } = product('ml/onnx/ops');
const { gpt2Body } = product('ml/gpt2/body');
const { classifierLogits } = product('ml/gpt2/heads');
const { rankerGraph } = product('ml/gpt2/inference-graphs');
const { bodyParameters, classifierParameters, initialise, parametersAsConstants } = product('ml/gpt2/parameters');
const { sharedFeeds } = product('ml/gpt2/share-rows');
const { createSession } = product('ml/runtime/session');
const { readRankerDirectory } = product('ml/serve/ranker-directory');
const { createRng } = product('base/rng');

const [CANDIDATES, TEXT, PREFIX, PADDED] = [100, 24, 64, 128];

async function load({ directory, config }) {
  if (directory) {
    const { shape, weights } = await readRankerDirectory(directory);
    return { config: shape.body, weights };
  }
  return { config, weights: initialise([...bodyParameters(config), ...classifierParameters(config)], config, createRng(1)) };
}

function paddedGraph(config, weights) {
  const g = new Graph('padded');
  const param = parametersAsConstants(g, weights);
  const ids = g.input('ids', 'int32', ['B', PADDED]);
  const { hidden } = gpt2Body(g, config, param, { ids });
  g.output('logits', classifierLogits(g, hidden, g.input('rows', 'int64', ['K']), param));
  return serialize(g);
}

function matrixGraph(rows, C) {
  const g = new Graph('matrix');
  const b = Float32Array.from({ length: C * 4 * C }, (_, i) => ((i * 37) % 101) / 101 - 0.5);
  g.output('c', matmul(g, g.input('a', 'float32', [rows, C]), g.constant('b', 'float32', [C, 4 * C], b)));
  return serialize(g);
}

const timed = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

/** Multiplications and additions of the serving graph, in the order of the model. */
function operations({ layers: L, channels: C, inner }) {
  const N = PREFIX + CANDIDATES * TEXT;
  const linear = 2 * (N * (L * 3 * C * C + (L - 1) * (C * C + 2 * C * inner)) + CANDIDATES * (C * C + 2 * C * inner));
  const attention = 4 * C * ((L - 1) * (PREFIX * PREFIX + CANDIDATES * TEXT * (PREFIX + TEXT)) + CANDIDATES * (PREFIX + TEXT));
  return linear + attention;
}

async function main({ model, rounds, threads, batches }) {
  const { config, weights } = await load(model);
  const rng = createRng(7);
  const tokens = (n) => Int32Array.from({ length: n }, () => rng.int(config.vocabulary));
  const prefix = tokens(PREFIX);
  const texts = Array.from({ length: CANDIDATES }, () => tokens(TEXT));

  const shared = await createSession(rankerGraph({ body: config }, weights), { threads });
  const feeds = sharedFeeds([{ prefix, texts }], config);
  const runShared = () => shared.run(feeds, ['logits']);

  const padded = await createSession(paddedGraph(config, weights), { threads });
  const sequences = texts.map((text) => Int32Array.from({ length: PADDED }, (_, i) => prefix[i] ?? text[i - PREFIX] ?? 0));
  const feed = (part) => ({
    ids: { dtype: 'int32', dims: [part.length, PADDED], data: Int32Array.from(part.flatMap((s) => [...s])) },
    rows: { dtype: 'int64', dims: [part.length], data: BigInt64Array.from(part, (_, i) => BigInt(i * PADDED + PREFIX + TEXT - 1)) },
  });
  // The batch that scores a sequence fastest is what the serving graph is held against.
  const each = [];
  for (const size of batches) {
    const trial = feed(sequences.slice(0, size));
    await padded.run(trial);
    each.push(Math.min(await timed(() => padded.run(trial)), await timed(() => padded.run(trial))) / size);
  }
  const batch = batches[each.indexOf(Math.min(...each))];
  const parts = Array.from({ length: Math.ceil(CANDIDATES / batch) }, (_, i) => feed(sequences.slice(i * batch, (i + 1) * batch)));
  const runPadded = async () => {
    const logits = [];
    for (const part of parts) logits.push(...(await padded.run(part)).logits.data);
    return logits;
  };

  const rows = PREFIX + CANDIDATES * TEXT;
  const matrix = await createSession(matrixGraph(rows, config.channels), { threads });
  const a = { a: { dtype: 'float32', dims: [rows, config.channels], data: new Float32Array(rows * config.channels).fill(0.1) } };
  const runMatrix = () => matrix.run(a);

  const reference = await runPadded();
  const scores = (await runShared()).logits.data;
  const apart = Math.max(...reference.map((z, i) => Math.abs(z - scores[i])));
  await runMatrix();
  const times = { padded: [], shared: [], matrix: [] };
  for (let i = 0; i < rounds; i++) {
    // The short ones several times, so that a moment's disturbance does not decide.
    times.padded.push(await timed(runPadded));
    times.shared.push(Math.min(await timed(runShared), await timed(runShared)));
    times.matrix.push(Math.min(await timed(runMatrix), await timed(runMatrix), await timed(runMatrix)));
  }
  const product = 2 * rows * 4 * config.channels ** 2;
  // Rates are operations per millisecond.
  return { times, apart, batch, operations: operations(config), matrixRates: times.matrix.map((ms) => product / ms) };
}

main(workerData).then(
  (value) => parentPort.postMessage({ value }),
  (error) => parentPort.postMessage({ error: error.stack }),
);
