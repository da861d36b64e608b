// node program.cjs <file> <data>: that file in a thread, its answer as a line of JSON.
const path = require('node:path');
const { Worker } = require('node:worker_threads');

const [, , name, data] = process.argv;
const print = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.kill(process.pid, 'SIGKILL'));
new Worker(path.join(__dirname, name), { workerData: JSON.parse(data) }).on('message', print).on('error', (error) => print({ error: error.stack }));
