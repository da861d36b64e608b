// A program that opens a worker in a process of its own, prints the process's id and waits.
const path = require('node:path');
const { product } = require('./answer.cjs');
const { startWorker } = product('ml/runtime/rpc');

startWorker(path.join(__dirname, 'calls.cjs'), {}, 'process').then(async (worker) => {
  await worker.call({ do: 'print', value: 'a driver' });
  process.stdout.write(`${(await worker.call({ do: 'pid' })).value}\n`);
});
setInterval(() => undefined, 1_000);
