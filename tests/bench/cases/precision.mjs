// Builds in fewer bits side by side: the shipped GPT-2, and the shape of GPT-2 124M with random weights.
import { Worker } from 'node:worker_threads';
import { median, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const GPT2_124M = { vocabulary: 50257, positions: 1024, channels: 768, layers: 12, heads: 12, inner: 3072, layerNormEpsilon: 1e-5 };
const WORK = { candidates: 100, textTokens: 24, prefixTokens: 64, padded: 128 };

export async function run({ deps }) {
  const { shape, weights } = await product('ml/serve/ranker-directory').readRankerDirectory(deps.scorer.identity.directory);
  const { used, why } = deps.scorer.identity.precision;
  return [
    { name: 'the classifier serves in', value: used, unit: '', note: why },
    ...rowsOf('shipped', await measured({ ...WORK, body: { ...shape.body, raw: undefined }, weights, repeats: 7 })),
    ...rowsOf('124M shape', await measured({ ...WORK, body: GPT2_124M, repeats: 5 })),
  ];
}

function measured(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../precision/worker.mjs', import.meta.url), { workerData: data });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

/** Ratios are medians of ratios of neighbouring runs. */
function rowsOf(model, { taken, sizes, logits }) {
  const ratio = (a, b) => round(median(a.map((v, i) => v / b[i])), 2);
  const spread = deviation(logits.fp32);
  return Object.keys(sizes).flatMap((name) => [
    { name: `${model}, ${name}: 100 candidates`, value: round(median(taken[name])), unit: 'ms', note: `${round(sizes[name] / 1e6)} MB` },
    { name: `${model}, ${name} against fp32 padded to 128 each`, value: ratio(taken.padded, taken[name]), unit: 'x' },
    ...(name === 'fp32' ? [] : [
      { name: `${model}, ${name} against fp32`, value: ratio(taken.fp32, taken[name]), unit: 'x' },
      { name: `${model}, ${name}: error of scores, of their spread`, value: round((100 * deviation(logits[name].map((v, i) => v - logits.fp32[i]))) / spread, 2), unit: '%' },
    ]),
  ]);
}

function deviation(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}
