// Holds every gradient rule against central differences, one small graph per rule.
const { answer, product } = require('./answer.cjs');
const { Graph } = product('ml/onnx/graph');
const ops = product('ml/onnx/ops');
const { serialize } = product('ml/onnx/serialize');
const { gradients } = product('ml/autodiff/gradients');
const { RULES } = product('ml/autodiff/rules');
const { createSession } = product('ml/runtime/session');
const { createRng } = product('base/rng');

const ints = (g, name, shape, values) => g.constant(name, 'int64', shape, BigInt64Array.from(values, BigInt));

/** rule: the operator under test; shapes: its float inputs; build: what to differentiate; positive: inputs above 0. */
const CASES = [
  { rule: 'Add', shapes: [[2, 3], [3]], build: (g, [a, b]) => ops.add(g, a, b) },
  { rule: 'Sub', shapes: [[2, 3], [2, 1]], build: (g, [a, b]) => ops.sub(g, a, b) },
  { rule: 'Mul', shapes: [[2, 3], [1, 3]], build: (g, [a, b]) => ops.mul(g, a, b) },
  { rule: 'Div', shapes: [[2, 3], [3]], positive: true, build: (g, [a, b]) => ops.div(g, a, b) },
  { rule: 'Neg', shapes: [[4]], build: (g, [x]) => ops.neg(g, x) },
  { rule: 'Exp', shapes: [[4]], build: (g, [x]) => ops.exp(g, x) },
  { rule: 'Log', shapes: [[4]], positive: true, build: (g, [x]) => ops.log(g, x) },
  { rule: 'Sqrt', shapes: [[4]], positive: true, build: (g, [x]) => ops.sqrt(g, x) },
  { rule: 'Tanh', shapes: [[4]], build: (g, [x]) => ops.tanh(g, x) },
  { rule: 'Sigmoid', shapes: [[4]], build: (g, [x]) => ops.sigmoid(g, x) },
  { rule: 'Softplus', shapes: [[4]], build: (g, [x]) => ops.softplus(g, x) },
  { rule: 'Gelu', shapes: [[7]], build: (g, [x]) => ops.geluTanh(g, x) },
  { rule: 'MatMul', shapes: [[2, 2, 3], [3, 2]], build: (g, [a, b]) => ops.matmul(g, a, b) },
  { rule: 'MatMul', name: 'MatMul, both batched', shapes: [[2, 1, 2, 3], [1, 2, 3, 2]], build: (g, [a, b]) => ops.matmul(g, a, b) },
  { rule: 'Gemm', shapes: [[2, 3], [3, 4], [4]], build: (g, [a, b, c]) => ops.gemm(g, a, b, c) },
  { rule: 'Gemm', name: 'Gemm, first transposed', shapes: [[3, 2], [3, 4]], build: (g, [a, b]) => ops.gemm(g, a, b, null, { transA: true }) },
  { rule: 'Gemm', name: 'Gemm, second transposed', shapes: [[2, 3], [4, 3]], build: (g, [a, b]) => ops.gemm(g, a, b, null, { transB: true }) },
  { rule: 'Gemm', name: 'Gemm, both transposed', shapes: [[3, 2], [4, 3]], build: (g, [a, b]) => ops.gemm(g, a, b, null, { transA: true, transB: true }) },
  { rule: 'Gather', shapes: [[4, 3]], build: (g, [x]) => ops.gather(g, x, ints(g, 'i', [2, 3], [0, 2, 2, 3, 0, 2])) },
  { rule: 'GatherElements', shapes: [[2, 3]], build: (g, [x]) => ops.gatherElements(g, x, ints(g, 'i', [2, 2], [0, 0, 2, 1]), 1) },
  { rule: 'LayerNormalization', shapes: [[3, 5], [5], [5]], build: (g, [x, w, b]) => ops.layerNormalization(g, x, w, b, 1e-5) },
  { rule: 'Softmax', shapes: [[2, 4]], build: (g, [x]) => ops.softmax(g, x) },
  { rule: 'LogSoftmax', shapes: [[2, 4]], build: (g, [x]) => ops.logSoftmax(g, x) },
  { rule: 'ReduceLogSumExp', shapes: [[2, 4]], build: (g, [x]) => ops.reduceLogSumExp(g, x, [1], true) },
  { rule: 'ReduceSum', shapes: [[2, 3, 2]], build: (g, [x]) => ops.reduceSum(g, x, [0, 2]) },
  { rule: 'ReduceMean', shapes: [[2, 3, 2]], build: (g, [x]) => ops.reduceMean(g, x, [1], true) },
  { rule: 'Transpose', shapes: [[2, 3, 4]], build: (g, [x]) => ops.transpose(g, x, [2, 0, 1]) },
  { rule: 'Reshape', shapes: [[2, 6]], build: (g, [x]) => ops.reshape(g, x, [3, 4]) },
  { rule: 'Expand', shapes: [[2, 1]], build: (g, [x]) => ops.expand(g, x, [3, 2, 4]) },
  { rule: 'Split', shapes: [[2, 5]], build: (g, [x]) => { const [a, b] = ops.split(g, x, 1, [2, 3]); return ops.add(g, ops.reduceSum(g, ops.mul(g, a, a), [1]), ops.reduceSum(g, b, [1])); } },
  { rule: 'Split', name: 'Split, one part unused', shapes: [[2, 5]], build: (g, [x]) => ops.split(g, x, 1, [2, 3])[1] },
  { rule: 'Concat', shapes: [[2, 2], [2, 3]], build: (g, [a, b]) => ops.concat(g, [a, b], 1) },
  { rule: 'Where', shapes: [[2, 3], [3]], build: (g, [a, b]) => ops.where(g, g.constant('c', 'bool', [2, 3], Uint8Array.of(1, 0, 1, 0, 0, 1)), a, b) },
  // A ratio that keeps everything: the mask is then the same in every run, and differences can be taken.
  { rule: 'Dropout', shapes: [[2, 3]], build: (g, [x]) => ops.dropout(g, x, 1e-9, 1) },
];

async function check({ shapes, build, positive }, seed) {
  const g = new Graph('check');
  const inputs = shapes.map((shape, i) => g.input(`x${i}`, 'float32', shape));
  const rng = createRng(seed);
  const result = build(g, inputs);
  const size = result.shape.reduce((a, b) => a * b, 1);
  // A random direction, so that the gradient of every element of the result counts.
  const direction = g.constant('direction', 'float32', result.shape, Float32Array.from({ length: size }, () => rng.normal()));
  const loss = ops.sumAll(g, ops.mul(g, result, direction));
  gradients(g, loss, inputs).forEach((d, i) => g.output(`d${i}`, d));
  g.output('loss', loss);
  const session = await createSession(serialize(g), { threads: 1 });
  const feeds = Object.fromEntries(
    shapes.map((dims, i) => {
      const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => (positive ? 0.5 + rng.next() : rng.normal()));
      return [`x${i}`, { dtype: 'float32', dims, data }];
    }),
  );
  const exact = await session.run(feeds);
  let worst = 0;
  for (const [i] of shapes.entries()) {
    const { data } = feeds[`x${i}`];
    for (let k = 0; k < data.length; k++) {
      const step = 1e-2;
      const before = data[k];
      data[k] = before + step;
      const above = (await session.run(feeds, ['loss'])).loss.data[0];
      data[k] = before - step;
      const below = (await session.run(feeds, ['loss'])).loss.data[0];
      data[k] = before;
      const slope = (above - below) / (2 * step);
      const found = exact[`d${i}`].data[k];
      worst = Math.max(worst, Math.abs(slope - found) / (1 + Math.abs(slope)));
    }
  }
  await session.release();
  return worst;
}

answer(async () => {
  const results = [];
  for (const [i, one] of CASES.entries()) results.push({ rule: one.rule, name: one.name ?? one.rule, worst: await check(one, i + 1) });
  return { results, rules: [...RULES.keys()] };
});
