// A model thread whose runs take long. Started as a program it starts that thread, gives calls up in the middle of a run,
// closes it, and ends as a command does.
const { isMainThread, parentPort } = require('node:worker_threads');
const { product } = require('./answer.cjs');

const SIZE = 256;
/** Products of one run: longer than the time after which it is given up, on a fast machine too. */
const PRODUCTS = 600;
const GIVEN_UP_MS = 10;

/** A chain of matrix products: one run that nothing can stop. */
async function open() {
  const { Graph } = product('ml/onnx/graph');
  const { matmul } = product('ml/onnx/ops');
  const { serialize } = product('ml/onnx/serialize');
  const { createSession } = product('ml/runtime/session');
  const g = new Graph('busy');
  const x = g.input('x', 'float32', [SIZE, SIZE]);
  let y = x;
  for (let i = 0; i < PRODUCTS; i++) y = matmul(g, y, x);
  g.output('y', y);
  const session = await createSession(serialize(g), { threads: 1 });
  const feeds = { x: { dtype: 'float32', dims: [SIZE, SIZE], data: new Float32Array(SIZE * SIZE) } };
  return { ready: {}, handle: async () => (await session.run(feeds), {}) };
}

if (isMainThread) {
  const { startWorker } = product('ml/runtime/rpc');
  startWorker(__filename, {}).then(async (client) => {
    await client.call({});
    for (let i = 0; i < 5; i++) {
      const abort = new AbortController();
      const call = client.call({}, abort.signal).catch((error) => error.code);
      await new Promise((done) => setTimeout(done, GIVEN_UP_MS));
      abort.abort();
      process.stdout.write(`${await call}\n`);
    }
    await client.close();
    process.stdout.write('closed\n', () => process.exit(7));
  });
} else if (parentPort) {
  product('ml/runtime/rpc').serveWorker(open);
}
