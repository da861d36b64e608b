// The engine against plain ONNX Runtime, for the shape of GPT-2 124M with random weights and for the shipped model.
import { Worker } from 'node:worker_threads';
import { availableParallelism } from 'node:os';
import { median, round } from '../measure.mjs';

const GPT2 = { vocabulary: 50257, positions: 1024, channels: 768, layers: 12, heads: 12, inner: 3072, layerNormEpsilon: 1e-5, labels: [] };

/** @returns the rows of one model, timed in a worker thread of its own */
export async function engineRows() {
  const rows = [];
  for (const [name, model, rounds] of [['GPT-2 124M shape', { config: GPT2 }, 3], ['shipped model', { directory: 'models/ctr' }, 9]]) {
    const { times, apart, batch, operations, matrixRates } = await inWorker({ model, rounds, threads: availableParallelism(), batches: [1, 5, 25] });
    const share = times.shared.map((ms, i) => operations / ms / matrixRates[i]);
    rows.push({ name: `${name}: 100 candidates, fp32`, value: round(median(times.shared)), unit: 'ms', note: `logits apart by at most ${apart.toExponential(1)}` });
    rows.push({ name: `${name}: fp32 against padded to 128`, value: round(median(times.padded.map((ms, i) => ms / times.shared[i])), 2), unit: 'x', note: `in batches of ${batch}, the best of 1, 5 and 25` });
    rows.push({ name: `${name}: share of the matrix-product rate`, value: round(100 * median(share)), unit: '%', note: `${round(median(matrixRates) / 1e6, 0)} GFLOP/s` });
  }
  return rows;
}

function inWorker(workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./rank-worker.mjs', import.meta.url), { workerData });
    worker.once('message', ({ value, error }) => (error ? reject(new Error(error)) : resolve(value)));
    worker.once('error', reject);
  });
}
