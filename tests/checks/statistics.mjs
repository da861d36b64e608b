// npm run check:statistics [-- --runs 10000 --seed 1 --json]: simulated experiments, looked at after every batch, judged by what the statistics
// of experiments promise. Exit code 1 when a promise is broken.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const { SCENARIOS, peek, rateCoverage, sampleRatios, cupedRuns, falseDiscoveries, drifts } = require('./experiments.cjs');
const experiment = ['estimate', 'confidence-sequence', 'rate-sequence', 'sample-ratio', 'cuped', 'moments', 'false-discovery', 'population-stability'];
const product = Object.assign({}, ...['base/rng', ...experiment.map((name) => `ml/bandit/experiment/${name}`)].map((name) => require(path.join(root, 'dist', name))));

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false } } });
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!(Number.isInteger(runs) && runs >= 10 && Number.isInteger(seed))) {
  console.error('--runs (10 or more) and --seed are whole numbers.');
  process.exit(2);
}

const LOOKS = 100;
const rows = [];
const broken = [];
const percent = (share) => `${(share * 100).toFixed(2)} %`;
/** Keeps a figure, prints it, and holds it against its promise. */
function figure(part, name, shown, promise, kept) {
  rows.push({ part, name, shown, promise, kept });
  if (kept === false) broken.push(`${part}: ${name}`);
  if (!values.json) console.log(`${name.padEnd(60)} ${shown.padEnd(56)} ${promise}`);
}
function part(name) {
  if (!values.json) console.log(`\n${name}`);
  return (...figures) => figure(name, ...figures);
}

let row = part(`A/A, ${runs} runs of ${LOOKS} looks: runs with a difference called at any look`);
for (const scenario of SCENARIOS) {
  const { called, naive } = peek(product, scenario, { runs, looks: LOOKS, seed });
  row(scenario.name, `${percent(called)}   (z-test at every look: ${percent(naive)})`, 'promise: at most 5 %', called <= 0.05);
}

const few = Math.max(10, Math.round(runs / 10));
row = part(`A/B, ${few} runs of ${LOOKS} looks: real differences found, and at which look on average`);
for (const [at, lift, least] of [[1, 1.2, 0.8], [3, 1.2, 0.8], [5, 1.4, 0.8], [6, 1.4, null], [7, 1.4, null], [8, 1.4, null]]) {
  const { called, missed, meanLook } = peek(product, SCENARIOS[at], { runs: few, looks: LOOKS, seed, lift });
  const beside = SCENARIOS[at].kind === 'rate' ? `; truth left out in ${percent(missed)}` : '';
  row(`${SCENARIOS[at].name}, +${Math.round((lift - 1) * 100)} %`, `${percent(called)}   (look ${meanLook?.toFixed(0) ?? '-'}${beside})`, least === null ? '' : 'promise: at least 80 %', least === null ? undefined : called >= least);
}

row = part(`exact sequence of one rate, ${runs} runs of ${LOOKS} looks: runs that leave the truth out at any look`);
for (const [p, batch] of [[0.002, 100], [0.01, 100], [0.1, 20], [0.5, 10]]) {
  const { missed, width } = rateCoverage(product, { p, batch, runs, looks: LOOKS, seed });
  row(`rate ${p}, ${batch} trials a look`, `${percent(missed)}   (width at the end ${width.toFixed(4)})`, 'promise: at most 5 %', missed <= 0.05);
}

row = part(`sample ratio at 0.001, ${runs} runs of ${LOOKS} looks, 200 people a look`);
for (const [weights, share, promise] of [[[1, 1], 0.5, 'most'], [[9, 1], 0.9, 'most'], [[1, 1], 0.52, ''], [[1, 1], 0.53, 'least']]) {
  const called = sampleRatios(product, { weights, share, batch: 200, runs, looks: LOOKS, seed });
  const [text, kept] = promise === 'most' ? ['promise: at most 0.1 %', called <= 0.001] : promise === 'least' ? ['promise: at least 90 %', called >= 0.9] : ['', undefined];
  row(`planned ${weights.join(' : ')}, really ${share}`, `${percent(called)} called`, text, kept);
}

row = part(`CUPED, ${few} runs of 20 looks, 100 : 100 people a look`);
for (const [correlation, unknown, effect] of [[0.65, 0, 0], [0.65, 0.3, 0], [0, 0, 0], [0.65, 0, 0.1]]) {
  const { called, plain, varianceCut } = cupedRuns(product, { correlation, unknown, effect, batch: 100, runs: few, looks: 20, seed });
  const promise = effect > 0 ? '' : correlation > 0 && unknown === 0 ? 'promise: cut at least 40 %, called at most 5 %' : 'promise: called at most 5 %';
  const kept = effect > 0 ? undefined : called <= 0.05 && (unknown > 0 || correlation === 0 || varianceCut >= 0.4);
  row(`correlation ${correlation}, ${unknown * 100} % new people, effect ${effect}`, `variance cut ${percent(varianceCut)}, called ${percent(called)} (without CUPED ${percent(plain)})`, promise, kept);
}

row = part(`many metrics, ${few} runs of 50 looks: 20 metrics, 5 of which moved by 20 %; the worst look of each run`);
const share = falseDiscoveries(product, { metrics: 20, moved: 5, batch: 200, lift: 1.2, p: 0.05, runs: few, looks: 50, seed });
row('e-BH', `false among the found ${percent(share.eBenjaminiHochberg[0])}, moved ones found at the end ${percent(share.eBenjaminiHochberg[1])}`, 'promise: at most 5 %', share.eBenjaminiHochberg[0] <= 0.05);
row('each by itself', `false among the found ${percent(share.each[0])}, moved ones found at the end ${percent(share.each[1])}`, '');

row = part(`drift of a score over 10 bins against 20,000, ${few} runs`);
for (const [current, shift] of [[200, 0], [2_000, 0], [200, 0.5], [2_000, 0.5]]) {
  const { called, ruleOfThumb, significant } = drifts(product, { bins: 10, baseline: 20_000, current, shift, runs: few, seed });
  row(`${current} scores, density ~ u^${shift}`, `${percent(called)} called   (p <= 0.05: ${percent(significant)}; psi >= 0.1: ${percent(ruleOfThumb)})`, shift === 0 ? 'promise: at most 5 %' : '', shift === 0 ? called <= 0.05 : undefined);
}

if (values.json) console.log(JSON.stringify({ runs, seed, looks: LOOKS, rows, broken }));
else console.log(broken.length === 0 ? '\nAll promises kept.' : `\nBroken: ${broken.join('; ')}`);
process.exitCode = broken.length === 0 ? 0 : 1;
