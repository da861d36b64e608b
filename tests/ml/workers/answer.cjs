// Posts what an async function returns, or how it failed. The compiled product is under dist/.
const path = require('node:path');
const { parentPort, workerData } = require('node:worker_threads');

const dist = path.join(__dirname, '..', '..', '..', 'dist');

exports.product = (name) => require(path.join(dist, name));

exports.answer = (main) => {
  main(workerData).then(
    (value) => parentPort.postMessage({ value }),
    (error) => parentPort.postMessage({ error: `${error.code ?? ''} ${error.stack}` }),
  );
};
