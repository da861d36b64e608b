// node tests/checks/off-policy-coverage.mjs [--repetitions 4000 --rows 1000 --replicates 400 --seed 1 --json]: how often the 95 % intervals of the
// off-policy estimators hold the true value of a bandit whose every probability is known (synthetic-bandit.cjs).
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const product = (name) => require(path.join(root, 'dist', name));
const bandit = require('./synthetic-bandit.cjs');
const { createRng } = product('base/rng');
const { crossFitFolds } = product('ml/bandit/off-policy/cross-fit');
const { doublyRobust, ips } = product('ml/bandit/off-policy/estimators');
const { ESTIMATORS, evaluatePolicy } = product('ml/bandit/off-policy/evaluate-policy');
const { addRowParts, blankRowParts } = product('ml/bandit/off-policy/row-parts');
const { fitRewards } = product('ml/bandit/off-policy/reward-model');

const option = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({ options: { repetitions: option('4000'), rows: option('1000'), replicates: option('400'), seed: option('1'), json: { type: 'boolean', default: false } } });
const [repetitions, rows, replicates, seed] = ['repetitions', 'rows', 'replicates', 'seed'].map((name) => Number(values[name]));

const rng = createRng(seed);
const tally = Object.fromEntries(ESTIMATORS.map((name) => [name, { bias: 0, squared: 0, normal: 0, bootstrap: 0, percentile: null }]));
// The bootstrap that was not chosen, for two of them.
const FOR_PERCENTILE = { ips, dr: doublyRobust };
for (const name of Object.keys(FOR_PERCENTILE)) tally[name].percentile = 0;
let effective = 0;

/** Whether the middle 95 % of resampled means hold the true value. */
function percentileHolds(terms) {
  const means = Array.from({ length: replicates }, () => {
    let sum = 0;
    for (let j = 0; j < rows; j++) sum += terms[(rng.next() * rows) | 0];
    return sum / rows;
  }).toSorted((a, b) => a - b);
  const at = (p) => means[Math.round((replicates + 1) * p) - 1];
  return at(0.025) <= bandit.trueValue && bandit.trueValue <= at(0.975);
}

for (let i = 0; i < repetitions; i++) {
  const { log, candidates } = bandit.sample(rng, rows);
  const predictions = fitRewards(log, bandit.ACTIONS, null, crossFitFolds(rows, 5, rng)).predict(candidates);
  const result = evaluatePolicy({ log, candidates, predictions }, { rng, replicates });
  effective += result.effectiveSampleSize / repetitions;
  for (const name of ESTIMATORS) {
    const { value, normal, bootstrap } = result.estimates[name];
    const each = tally[name];
    each.bias += (value - bandit.trueValue) / repetitions;
    each.squared += (value - bandit.trueValue) ** 2 / repetitions;
    const holds = (interval) => (interval !== null && interval.low <= bandit.trueValue && bandit.trueValue <= interval.high ? 1 / repetitions : 0);
    each.normal += holds(normal);
    each.bootstrap += holds(bootstrap);
  }
  const parts = blankRowParts(log);
  addRowParts(parts, log, { from: 0, to: rows, candidates, predictions });
  for (const [name, terms] of Object.entries(FOR_PERCENTILE)) tally[name].percentile += percentileHolds(terms(parts).numerators) ? 1 / repetitions : 0;
}
const figures = { repetitions, rows, replicates, seed, trueValue: bandit.trueValue, effectiveSampleSize: effective, monteCarloError: Math.sqrt((0.95 * 0.05) / repetitions), estimators: tally };
if (values.json) console.log(JSON.stringify(figures));
else {
  console.log(`true value ${bandit.trueValue.toFixed(5)}; ${repetitions} logs of ${rows} rows (effective ${effective.toFixed(0)}), ${replicates} resamples, seed ${seed}`);
  console.log(`Monte-Carlo error of a coverage: ${(100 * figures.monteCarloError).toFixed(2)} points`);
  console.log(`${'estimator'.padEnd(14)}${'bias'.padStart(10)}${'RMSE'.padStart(10)}${'normal'.padStart(10)}${'studentised'.padStart(13)}${'percentile'.padStart(12)}`);
  for (const name of ESTIMATORS) {
    const { bias, squared, normal, bootstrap, percentile } = tally[name];
    console.log(`${name.padEnd(14)}${bias.toFixed(5).padStart(10)}${Math.sqrt(squared).toFixed(5).padStart(10)}${(100 * normal).toFixed(2).padStart(8)} %${(100 * bootstrap).toFixed(2).padStart(11)} %${percentile === null ? '' : `${(100 * percentile).toFixed(2).padStart(10)} %`}`);
  }
}
