// npm run check:writer [-- --seed 1 --json]: has the shipped writer write for the demo campaigns, shows its copy to simulated people whose
// hidden taste is one style, tunes the writer to what won, and says how much more of that style new copy has, for prompts nobody tuned it
// on, with the figures of the guard before and after (judge.cjs, which shares no code with the guard, among them).
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const product = (name) => require(path.join(root, 'dist', name));
const { judge } = require('./judge.cjs');
const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, count: { type: 'string', default: '1200' }, headlines: { type: 'string', default: '400' }, json: { type: 'boolean', default: false } } });
const seed = Number(values.seed);

const { createRng } = product('base/rng');
const { systemClock } = product('base/clock');
const { uuidv7Source } = product('base/ids');
const { readPrompt } = product('domain/copy/prompt');
const { guardContextOf } = product('domain/guard/check-copy');
const { openGenerator } = product('ml/serve/open-generator');
const { DEMO_CAMPAIGNS, demoCampaign } = product('modules/demo/seed-demo');
const { CATALOGUE } = product('modules/demo/catalogue/catalogue');
const { copyFacts, writtenVertical } = product('modules/generation/copy-facts');
const { guardKnowledge } = product('modules/generation/guard-knowledge');
const { writeCopy } = product('modules/generation/write-copy');
const { chooseWinners } = product('modules/writer-learning/winners');
const { compareWriters, judgeWriter } = product('modules/writer-learning/judge-writer');
const { trainWriterAdapter } = product('modules/writer-learning/train-writer-adapter');

const BASE = path.join(root, 'models', 'writer');
const CORPUS = path.join(BASE, 'corpus');
/** What the simulated people like: copy that speaks to them. */
const STYLE = /\b(?:you|your|yours|you're|you'll)\b/i;
const RATE = -4;
const LIKED = 0.7;
const NOISE = 0.15;

const campaigns = DEMO_CAMPAIGNS.map((demo) => ({
  demo, campaign: demoCampaign({ clock: systemClock, ids: uuidv7Source(systemClock), advertiserId: 'check' }, demo, systemClock.now()),
  interests: CATALOGUE.filter((entry) => entry.vertical === demo.vertical).map((entry) => entry.interest),
}));

function briefOf({ campaign }, interest, turn) {
  return {
    vertical: writtenVertical(campaign.vertical), tone: campaign.voice.tone, interest, facts: copyFacts(campaign.product, interest, turn),
    guard: guardContextOf(campaign, { strict: true, interest }),
  };
}

/** Every third interest of a vertical is never written for before the tuning. */
const heldOut = (interests, wanted) => interests.filter((_, i) => (i % 3 === 0) === wanted);

async function writtenCopy(generator, count) {
  const knowledge = await guardKnowledge(BASE);
  const order = campaigns.flatMap((entry) => heldOut(entry.interests, false).map((interest) => ({ entry, interest })));
  const creatives = [];
  for (const [i, { entry, interest }] of order.entries()) {
    const share = Math.ceil((count - creatives.length) / (order.length - i));
    const brief = briefOf(entry, interest, i);
    const { pieces } = await writeCopy(generator, { ...brief, format: 'HEADLINE', count: share, seed: seed * 1_000 + i, guard: { ...brief.guard, ...knowledge } });
    for (const piece of pieces) creatives.push({ campaignId: entry.demo.key, text: piece.text, templates: [{ prompt: readPrompt(piece.prompt), text: piece.template }] });
  }
  return creatives;
}

/** Clicks of people with the hidden taste; the classifier expects the same of every line. */
function show(creatives) {
  const rng = createRng(seed + 1);
  return creatives.map((creative, i) => {
    const z = RATE + (STYLE.test(creative.templates[0].text) ? LIKED : 0) + NOISE * rng.normal();
    const p = 1 / (1 + Math.exp(-z));
    const impressions = Math.round(Math.exp(Math.log(200) + rng.next() * Math.log(50)));
    const clicks = Math.max(0, Math.min(impressions, Math.round(impressions * p + Math.sqrt(impressions * p * (1 - p)) * rng.normal())));
    return { creativeId: String(i), ...creative, evidence: { impressions, clicks, expectedClicks: impressions / (1 + Math.exp(-RATE)) } };
  });
}

const styled = (list) => list.filter(({ template }) => STYLE.test(template)).length / Math.max(1, list.length);
const work = mkdtempSync(path.join(tmpdir(), 'adloom-writer-'));
const started = systemClock.elapsed();
try {
  const old = await openGenerator(BASE, { cache: path.join(work, 'cache') });
  const creatives = await writtenCopy(old, Number(values.count));
  const judged = show(creatives);
  const contest = chooseWinners(judged);
  const { winners } = contest;
  const briefs = campaigns.flatMap((entry, c) => heldOut(entry.interests, true).map((interest, i) => briefOf(entry, interest, c + i)));
  const order = { count: Number(values.headlines), seed: seed + 7 };
  const before = await judgeWriter(old, briefs, order);
  const evaluations = [];
  const training = systemClock.elapsed();
  const run = await trainWriterAdapter({
    base: BASE, corpus: CORPUS, contest, output: work, checkpoints: path.join(work, 'checkpoints'), seed, threads: 1,
    report: (report) => report.kind === 'evaluation' && evaluations.push({ step: report.step, ...report.evaluation }),
  });
  const trainingSeconds = (systemClock.elapsed() - training) / 1000;
  const tuned = await openGenerator(run.writer, { cache: path.join(work, 'cache') });
  const after = await judgeWriter(tuned, briefs, order);
  await Promise.all([old.close(), tuned.close()]);
  const corpus = readdirSync(CORPUS).flatMap((name) => readFileSync(path.join(CORPUS, name), 'utf8').split('\n')).filter((line) => line.startsWith('H ')).map((line) => line.slice(2));
  const won = new Set(winners.map(({ text }) => text));
  const outside = (list) => {
    const facts = campaigns.flatMap(({ demo, interests }) => [demo.product, demo.brand, demo.description, ...demo.features, ...demo.offers, demo.disclaimer ?? '', demo.price === '0' ? '' : `${demo.price}`, ...interests]);
    const { headlines, overLimit, distinct, distinctEnough, corpusLines, foreignNames } = judge(list.map((line) => ({ ...line, facts, price: null, bannedWords: [] })), { limit: 30, corpus });
    return { headlines, overLimit: overLimit.length, foreignNames: foreignNames.length, distinct, distinctEnough, corpusLines };
  };
  const figures = (judgedWriting) => ({ style: styled(judgedWriting.headlines), ...judgedWriting.figures, winnersWordForWord: judgedWriting.headlines.filter(({ template }) => won.has(template)).length, independent: outside(judgedWriting.headlines) });
  const out = {
    seed, creatives: creatives.length, styleOfCreatives: styled(creatives.map(({ templates }) => ({ template: templates[0].text }))),
    winners: winners.length, styleOfWinners: styled(winners.map(({ text }) => ({ template: text }))),
    prompts: briefs.length, evaluations, bestStep: run.result.bestStep, steps: run.result.steps, trainingSeconds, fingerprint: run.fingerprint,
    before: figures(before), after: figures(after), verdicts: compareWriters(before.figures, after.figures),
    examples: createRng(seed).shuffle([...after.headlines]).slice(0, 12).map(({ text }) => text), seconds: (systemClock.elapsed() - started) / 1000,
  };
  console.log(values.json ? JSON.stringify(out) : JSON.stringify(out, null, 2));
  process.exitCode = out.verdicts.every(({ passed }) => passed) ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
