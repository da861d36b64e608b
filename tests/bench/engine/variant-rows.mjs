// What a remembered prefix saves, and what many prefixes in one run cost, on the shipped model.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { median, quantile, round } from '../measure.mjs';

const REQUEST = { candidates: 100, prefix: 64, text: 24 };

export async function variantRows(directory) {
  const few = [1, 5, 20, 100].map((candidates) => ({ name: `${candidates} candidates behind a remembered prefix`, asked: { ...REQUEST, candidates }, variant: 'remembered prefix', than: 'shared prefix' }));
  const many = { name: '24 texts behind 24 prefixes, against packed rows', asked: { ...REQUEST, groups: 24, candidates: 1 }, variant: 'shared prefix', than: 'packed rows' };
  return speedUp(directory, [...few, many]);
}

/** Rows: how many times as fast `variant` of variants.mjs scores what is asked as `than` does, the median of ratios within a round. */
export async function speedUp(directory, comparisons, rounds = 25) {
  const cases = comparisons.map(({ asked, variant, than }) => ({ asked, variants: [variant, than], rounds }));
  const results = await inWorker({ directory, threads: availableParallelism(), cases });
  return comparisons.map(({ name, variant, than }, i) => {
    const ratios = results[i].map((ms) => ms[than] / ms[variant]);
    return { name: `shipped model: ${name}`, value: round(median(ratios), 2), unit: 'x', note: `quartiles ${round(quantile(ratios, 0.25), 2)} to ${round(quantile(ratios, 0.75), 2)}` };
  });
}

function inWorker(workerData) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./variant-worker.mjs', import.meta.url), { workerData });
    worker.once('message', (results) => {
      resolve(results);
      void worker.terminate();
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`The timing thread ended with ${code} before it answered.`)));
  });
}
