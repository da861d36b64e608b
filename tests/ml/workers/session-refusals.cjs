// How a session answers graphs and inputs that cannot be.
const { answer, product } = require('./answer.cjs');
const { Graph } = product('ml/onnx/graph');
const ops = product('ml/onnx/ops');
const { serialize } = product('ml/onnx/serialize');
const { createSession } = product('ml/runtime/session');

const refusal = (promise) => promise.then(() => 'accepted', (error) => `${error.code} ${error.message}`);
const floats = (...data) => ({ dtype: 'float32', dims: [data.length], data: Float32Array.from(data) });

answer(async () => {
  const nonsense = new Graph('nonsense');
  nonsense.output('y', nonsense.one('Nonsense', [nonsense.input('x', 'float32', [3])], 'float32', [3]));
  const g = new Graph('double');
  const x = g.input('x', 'float32', [3]);
  g.output('y', ops.add(g, x, x));
  const session = await createSession(serialize(g), { threads: 1 });
  const result = {
    bytes: await refusal(createSession(Uint8Array.of(1, 2, 3))),
    operator: await refusal(createSession(serialize(nonsense))),
    missingInput: await refusal(session.run({})),
    shape: await refusal(session.run({ x: floats(1, 2) })),
    names: [[...session.inputs], [...session.outputs]],
    result: Array.from((await session.run({ x: floats(1, 2, 3) })).y.data),
  };
  await session.release();
  return result;
});
