// The first stage of ranking: how long it takes among 100,000 rows, what it does to the event loop, and how much of what GPT-2
// would put first is among what it keeps.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, quantile, repeat, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const KEPT = 100;
const WORTH = { base: 1, gain: 0, prior: { trials: 50, successes: 1 }, strength: 20 };

export async function run(platform) {
  const { createRng } = product('base/rng');
  const { openRetriever } = product('ml/retrieval/open-retriever');
  const rng = createRng(7);
  const copy = await linesOfCopy(rng);
  const profiles = profilesOf(createRng(20_261_123));
  const retriever = await openRetriever(platform.deps.scorer.identity.directory);
  try {
    return [...(await speed(retriever, copy, profiles, rng)), ...(await recall(platform.deps.scorer, retriever, copy, profiles))];
  } finally {
    await retriever.close();
  }
}

/** Random numbers as embeddings, lines of copy for the words that are shared. */
async function speed(retriever, copy, profiles, rng) {
  const rows = 100_000;
  const D = retriever.width + 2;
  for (let from = 0; from < rows; from += 500) {
    const places = Array.from({ length: 500 }, (_, i) => from + i);
    await retriever.put({
      keys: places.map((i) => `01890000-0000-7000-8000-${String(i).padStart(12, '0')}`), groups: places.map(() => 'large'),
      vectors: Float32Array.from({ length: 500 * D }, () => 0.3 * rng.normal()), texts: places.map(() => copy[rng.int(copy.length)]),
      trials: places.map(() => rng.int(1000)), successes: places.map(() => rng.int(10)),
    });
  }
  const search = (i) => retriever.top({ prefix: profiles[Math.abs(i) % profiles.length], k: KEPT, groups: [{ group: 'large', worth: WORTH }] });
  const inside = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const taken = await repeat(300, async (i) => inside.push((await search(i)).timing.searchMs), 20);
  delay.disable();
  const without = await repeat(100, () => retriever.top({ prefix: '', k: KEPT, groups: [{ group: 'large', worth: WORTH }] }));
  const row = (name, value, unit = 'ms', note) => ({ name: `first stage, ${name}`, value: round(value, 2), unit, note });
  return [
    row(`${KEPT} of ${rows}, p50`, median(taken), 'ms', `in its thread ${round(median(inside), 2)} ms, least ${round(Math.min(...inside), 2)} ms`),
    row(`${KEPT} of ${rows}, p99`, quantile(taken, 0.99), 'ms', `in its thread ${round(quantile(inside, 0.99), 2)} ms`),
    row(`${KEPT} of ${rows} for nobody, p50`, median(without), 'ms', 'no shared words to look for'),
    row('worst event-loop delay', delay.max / 1e6, 'ms', `p99 ${round(delay.percentile(99) / 1e6)} ms`),
  ];
}

/** Of what GPT-2 puts first among all lines of copy, the share that the first stage keeps. */
async function recall(scorer, retriever, copy, profiles) {
  const { embedTexts } = product('ml/retrieval/embed-texts');
  const { ANCHORS } = product('modules/retrieval/anchors');
  const texts = copy.slice(0, 5_000);
  for (let from = 0; from < texts.length; from += 250) {
    const some = texts.slice(from, from + 250);
    const vectors = await embedTexts({ scorer, retriever }, some, { anchors: ANCHORS });
    await retriever.put({ keys: some.map((_, i) => String(from + i)), groups: some.map(() => 'copy'), vectors, texts: some, trials: some.map(() => 0), successes: some.map(() => 0) });
  }
  const asked = profiles.slice(0, 12);
  const shares = { 1: [], 10: [], 100: [] };
  for (const prefix of asked) {
    const { found } = await retriever.top({ prefix, k: KEPT, groups: [{ group: 'copy', worth: WORTH }] });
    const kept = new Set(found.map(({ key }) => Number(key)));
    const logits = [];
    for (let from = 0; from < texts.length; from += 500) logits.push(...(await scorer.score({ prefix, texts: texts.slice(from, from + 500) })).scores.map((score) => score.logit));
    const order = logits.map((_, i) => i).sort((a, b) => logits[b] - logits[a]);
    for (const top of [1, 10, 100]) shares[top].push(order.slice(0, top).filter((i) => kept.has(i)).length / top);
  }
  const mean = (values) => values.reduce((sum, v) => sum + v, 0) / values.length;
  return Object.entries(shares).map(([top, values]) => ({
    name: `first stage, recall of GPT-2's best ${top} in ${KEPT}`, value: round(mean(values), 3), unit: '', note: `${texts.length} lines, ${asked.length} profiles, least ${round(Math.min(...values), 2)}`,
  }));
}

/** Headlines and bodies of the copy corpus with facts in their slots, alone and together, in a random order. */
async function linesOfCopy(rng) {
  const { readCopyCorpus } = product('modules/training/writer-documents');
  const { fillSlots } = product('domain/copy/fill');
  const facts = { '<product>': 'the Alder range', '<brand>': 'Alder', '<offer>': '15% off your first order', '<price>': '£24', '<feature>': 'a two-year guarantee' };
  const lines = (await readCopyCorpus(path.join(root, 'models', 'writer', 'corpus'))).filter((line) => line.format !== 'CALL_TO_ACTION');
  const written = (line) => {
    const filled = fillSlots(line.text, { ...facts, '<interest>': line.interest || 'reading' });
    return filled.ok ? filled.text : line.text;
  };
  const bodies = lines.filter((line) => line.format !== 'HEADLINE');
  const together = lines.filter((line) => line.format === 'HEADLINE').map((line) => {
    const own = bodies.filter((body) => body.interest === line.interest);
    return own.length > 0 ? `${written(line)} ${written(own[rng.int(own.length)])}` : written(line);
  });
  return rng.shuffle([...new Set([...lines.map(written), ...together])]);
}

/** What the demo people looked at last: eight titles at most, the newest at the end. */
function profilesOf(rng) {
  const { demoPeople } = product('modules/demo/demo-profiles');
  return demoPeople(rng.fork('people'), new Date('2026-11-23T00:00:00Z'))
    .map(({ events }) => [...new Set(events.map((event) => event.itemText.trim()).reverse())].slice(0, 8).reverse().join(' | '))
    .filter((profile) => profile !== '');
}
