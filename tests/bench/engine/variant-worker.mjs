// A thread that times variants on the shipped model: sessions may live in no other place. What is compared runs in turn.
import { parentPort, workerData } from 'node:worker_threads';
import { product } from '../platform.mjs';
import { request, VARIANTS } from './variants.mjs';

const { directory, threads, cases } = workerData;
const { shape, weights } = await product('ml/serve/ranker-directory').readRankerDirectory(directory);
const model = { body: shape.body, weights };
const opened = new Map();
const results = [];
for (const { asked, variants, rounds } of cases) {
  const groups = request(model.body, asked);
  const ways = [];
  for (const name of variants) {
    if (!opened.has(name)) opened.set(name, await VARIANTS[name](model, threads));
    ways.push([name, await opened.get(name)(groups)]);
  }
  const taken = [];
  for (let i = -2; i < rounds; i++) {
    const round = {};
    for (const [name, score] of ways) {
      const start = performance.now();
      await score();
      round[name] = performance.now() - start;
    }
    if (i >= 0) taken.push(round);
  }
  results.push(taken);
}
parentPort.postMessage(results);
