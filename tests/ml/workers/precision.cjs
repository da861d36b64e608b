// Builds in fewer bits of single products and of the fixture's ranker, run beside float32.
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { createRng } = product('base/rng');
const { parametersAsConstants } = product('ml/gpt2/parameters');
const { rankerInputs, rankerLogits } = product('ml/gpt2/ranker');
const { Graph } = product('ml/onnx/graph');
const ops = product('ml/onnx/ops');
const { serialize } = product('ml/onnx/serialize');
const { halfGraph } = product('ml/precision/half-graph');
const { int8Graph } = product('ml/precision/int8-graph');
const { observedGraph } = product('ml/precision/ranges');
const { createSession } = product('ml/runtime/session');
const { readRankerDirectory } = product('ml/serve/ranker-directory');

const CTR = path.join(__dirname, '..', '..', 'fixtures', 'models', 'ctr');

/** Packed rows in, one logit per candidate out. */
function buildRankerGraph(shape, weights) {
  const g = new Graph('ranker');
  g.output('logits', rankerLogits(g, shape, parametersAsConstants(g, weights), rankerInputs(g, shape)));
  return g;
}

async function runGraph(graph, feeds) {
  const bytes = serialize(graph);
  const session = await createSession(bytes, { threads: 1 });
  const outputs = await session.run(feeds);
  await session.release();
  return { bytes: bytes.length, outputs };
}

/** y = norm(x) W1 + b1 and norm(x) W2, the second stored transposed, behind a normalisation with an outlying channel. */
function chain({ x, gain, shift, w1, b1, w2, K, N }) {
  const g = new Graph('chain');
  const input = g.input('x', 'float32', ['M', K]);
  const h = ops.layerNormalization(g, input, g.constant('gain', 'float32', [K], gain), g.constant('shift', 'float32', [K], shift), 1e-5);
  g.output('y1', ops.gemm(g, h, g.constant('w1', 'float32', [K, N], w1), g.constant('b1', 'float32', [N], b1)));
  g.output('y2', ops.gemm(g, h, g.constant('w2', 'float32', [N, K], w2), null, { transB: true }));
  return { graph: g, feeds: { x: { dtype: 'float32', dims: [x.length / K, K], data: x } } };
}

/** The same normalisation, columns cut from one matrix, one product given some rows alone. */
function cut({ x, gain, shift, w1, K, N }) {
  const g = new Graph('cut');
  const input = g.input('x', 'float32', ['M', K]);
  const h = ops.layerNormalization(g, input, g.constant('gain', 'float32', [K], gain), g.constant('shift', 'float32', [K], shift), 1e-5);
  const w = g.constant('w1', 'float32', [K, N], w1);
  const columns = (from, to) => g.one('Slice', [w, g.literal('int64', [from]), g.literal('int64', [to]), g.literal('int64', [-1])], 'float32', [K, to - from]);
  g.output('y1', ops.gemm(g, h, columns(0, N / 2)));
  g.output('y2', ops.gemm(g, ops.gather(g, h, g.constant('rows', 'int64', [3], BigInt64Array.of(5n, 0n, 2n))), columns(N / 2, N)));
  return { graph: g, feeds: { x: { dtype: 'float32', dims: [x.length / K, K], data: x } } };
}

function plain({ x, w1, b1, K, N }) {
  const g = new Graph('plain');
  const input = g.input('x', 'float32', ['M', K]);
  g.output('y', ops.gemm(g, input, g.constant('w1', 'float32', [K, N], w1), g.constant('b1', 'float32', [N], b1)));
  return { graph: g, feeds: { x: { dtype: 'float32', dims: [x.length / K, K], data: x } } };
}

const tasks = {
  async plain(data) {
    const { graph, feeds } = plain(data);
    const observed = observedGraph(graph);
    const ranges = observed.read((await runGraph(observed.graph, feeds)).outputs);
    const y = async (g) => (await runGraph(g, feeds)).outputs.y.data;
    return { ranges, exact: await y(graph), dynamic: await y(int8Graph(graph)), fixed: await y(int8Graph(graph, { ranges })), half: await y(halfGraph(graph)) };
  },
  async chain({ pattern, ...data }) {
    const { graph, feeds } = { chain, cut }[pattern](data);
    const observed = observedGraph(graph);
    const ranges = observed.read((await runGraph(observed.graph, feeds)).outputs);
    const all = async (g) => ({
      ...Object.fromEntries(Object.entries((await runGraph(g, feeds)).outputs).map(([name, { data: d }]) => [name, d])),
      products: g.nodes.filter((node) => node.op === 'MatMulIntegerToFloat').length,
    });
    return { exact: await all(graph), dynamic: await all(int8Graph(graph)), fixed: await all(int8Graph(graph, { ranges })), half: await all(halfGraph(graph)) };
  },
  async ranker() {
    const { shape, weights } = await readRankerDirectory(CTR);
    const graph = buildRankerGraph(shape, weights);
    const feeds = randomFeeds(shape, createRng(7));
    const observed = observedGraph(graph);
    const ranges = observed.read((await runGraph(observed.graph, feeds)).outputs);
    const builds = { exact: graph, dynamic: int8Graph(graph), fixed: int8Graph(graph, { ranges }), half: halfGraph(graph), coarse: int8Graph(graph, { ranges, levels: 1 }) };
    const found = {};
    for (const [name, build] of Object.entries(builds)) {
      const { bytes, outputs } = await runGraph(build, feeds);
      found[name] = { bytes, logits: outputs.logits.data };
    }
    return found;
  },
  /** Groups of four candidates scored by float32, by 8 bits and by weights of three values. */
  async gate({ runs }) {
    const { shape, weights } = await readRankerDirectory(CTR);
    const graph = buildRankerGraph(shape, weights);
    const rng = createRng(9);
    const feeds = Array.from({ length: runs }, () => randomFeeds(shape, rng));
    const observed = observedGraph(graph);
    const ranges = observed.read((await runGraph(observed.graph, feeds[0])).outputs);
    const found = {};
    for (const [name, build] of Object.entries({ exact: graph, fine: int8Graph(graph, { ranges }), coarse: int8Graph(graph, { ranges, levels: 1 }) })) {
      const session = await createSession(serialize(build), { threads: 1 });
      found[name] = [];
      for (const feed of feeds) {
        const { data } = (await session.run(feed)).logits;
        for (let i = 0; i < data.length; i += 4) found[name].push(Array.from(data.slice(i, i + 4)));
      }
      await session.release();
    }
    return found;
  },
};

function randomFeeds({ body, wide, grams }, rng) {
  const [rows, length, K, F] = [4, 48, 16, 6];
  const whole = (dtype, dims, high) => {
    const size = dims.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: size }, () => rng.int(high));
    return { dtype, dims, data: dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Int32Array.from(values) };
  };
  const floats = (dims) => ({ dtype: 'float32', dims, data: Float32Array.from({ length: dims[0] * dims[1] }, () => rng.next()) });
  const segments = { dtype: 'int32', dims: [rows, length], data: Int32Array.from({ length: rows * length }, (_, i) => Math.floor((i % length) / 12)) };
  const positions = { dtype: 'int32', dims: [rows, length], data: Int32Array.from({ length: rows * length }, (_, i) => (i % length < 12 ? i % length : 12 + (i % 12))) };
  const ends = BigInt64Array.from({ length: K }, (_, i) => BigInt(Math.floor(i / 4) * length + 12 * (i % 4) + 11));
  return {
    ids: whole('int32', [rows, length], body.vocabulary), segments, positions, rows: { dtype: 'int64', dims: [K], data: ends },
    ...(wide && {
      text_features: whole('int32', [K, F], wide.buckets), text_weights: floats([K, F]),
      prefix_features: whole('int32', [rows, F], wide.buckets), prefix_weights: floats([rows, F]),
      prefix_of: { dtype: 'int64', dims: [K], data: BigInt64Array.from({ length: K }, (_, i) => BigInt(Math.floor(i / 4))) },
    }),
    ...(grams && { gram_features: whole('int32', [K, F], grams.rows), gram_weights: floats([K, F]) }),
  };
}

answer(({ task, ...data }) => tasks[task](data));
