import path from 'node:path';
import { openScorer } from '../../src/ml/serve/open-scorer';
import type { Scorer } from '../../src/ml/serve/types';
import { ExplainRankingDocument, type ExplainRankingQuery } from '../generated/operations';
import { look, makeCampaign, makeCreatives, makePerson } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

/** The whole way with a real ranker. */
let t: TestApp;
let scorer: Scorer;
const explained: { prefix: string; text: string }[] = [];
beforeAll(async () => {
  scorer = await openScorer(path.join(__dirname, '..', 'fixtures', 'models', 'ctr'), { threads: 1 });
  const watched: Scorer = {
    ...scorer,
    explain: (request, options) => {
      explained.push(request);
      return scorer.explain(request, options);
    },
  };
  t = await openTestApp({ overrides: { scorer: watched } });
});
afterAll(() => t.close());
beforeEach(() => void explained.splice(0));

type Explanation = NonNullable<ExplainRankingQuery['rankCreatives']['predictions'][number]['explanation']>;
const HEADLINES = ['Mountain trails call', 'Sharper kitchen knives'];
const logOdds = (p: number): number => Math.log(p / (1 - p));
const all = '{ text part position weight }';

async function rank(campaignId: string, profileId: string | null) {
  return (await t.run(ExplainRankingDocument, { campaignId, profileId, first: 2 })).rankCreatives.predictions;
}
async function scene(items: readonly string[], options: { consent?: boolean; vertical?: 'FINANCE' } = {}) {
  const campaignId = await makeCampaign(t, options.vertical ? { vertical: options.vertical } : {});
  await makeCreatives(t, campaignId, HEADLINES);
  return { campaignId, person: await makePerson(t, items, options) };
}

describe('an explanation', () => {
  test('tells in the words of profile and copy what moved the score, and they sum to it', async () => {
    const { campaignId, person } = await scene(['Kitchen knives', 'Cast iron pan']);
    const predictions = await rank(campaignId, person.id);
    expect(predictions).toHaveLength(2);
    for (const { pClick, explanation, creative } of predictions) {
      const { probability, baselineProbability, attributions, breakdown, completenessGap, changedSince } = explanation as Explanation;
      expect(probability).toBeCloseTo(pClick, 5);
      expect(changedSince).toEqual([]);
      expect(completenessGap).toBeLessThanOrEqual(0.02);
      expect(breakdown.difference).toBeCloseTo(logOdds(probability) - logOdds(baselineProbability), 5);
      const missed = Math.abs(breakdown.profile + breakdown.creative - breakdown.difference);
      expect(missed).toBeLessThanOrEqual(0.02 * Math.max(0.05, Math.abs(breakdown.difference)) + 1e-6);
      expect(breakdown.languageModel + breakdown.affinity + breakdown.phrases + breakdown.sharedWords + breakdown.learnt).toBeCloseTo(breakdown.difference, 5);
      expect(breakdown.learnt).toBe(0);
      // Eight words or fewer in these texts: nothing is left out.
      expect(attributions.reduce((sum, each) => sum + each.weight, 0)).toBeCloseTo(breakdown.profile + breakdown.creative, 6);
      expect(attributions.map(({ weight }) => Math.abs(weight))).toEqual(attributions.map(({ weight }) => Math.abs(weight)).toSorted((a, b) => b - a));
      const ofCopy = attributions.filter(({ part }) => part === 'CREATIVE').toSorted((a, b) => a.position - b.position);
      expect(ofCopy.map(({ text }) => text).join(' ')).toBe(creative.headline);
    }
    const knives = predictions.find(({ creative }) => creative.headline.includes('knives'))!.explanation!;
    expect(knives.breakdown.sharedWords).toBeGreaterThan(0);
  });

  test('is computed once for all its fields, and not at all where only the summary is asked for', async () => {
    const { campaignId, person } = await scene(['Kitchen knives']);
    await rank(campaignId, person.id);
    expect(explained).toHaveLength(2);
    explained.splice(0);
    const { data, errors } = await t.send('query ($c: ID!) { rankCreatives(campaignId: $c) { predictions { explanation { summary } } } }', { c: campaignId });
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('summary');
    expect(explained).toEqual([]);
  });

  test('of a kept prediction is the same, until something changes; then it says what', async () => {
    const { campaignId, person } = await scene(['Kitchen knives']);
    const [made] = await rank(campaignId, person.id);
    const query = `query ($id: ID!) { node(id: $id) { ... on Prediction { pClick explanation { probability changedSince attributions(first: 200) ${all} } } } }`;
    type Kept = { node: { pClick: number; explanation: { probability: number; changedSince: string[]; attributions: { text: string; part: string }[] } } };
    const read = async (): Promise<Kept['node']> => ((await t.send(query, { id: made!.id })).data as unknown as Kept).node;
    const kept = await read();
    expect(kept.explanation.changedSince).toEqual([]);
    expect(kept.explanation.attributions.slice(0, 8)).toEqual(made!.explanation!.attributions);
    await look(t, person.externalId, ['Mountain trails call for boots']);
    const later = await read();
    expect(later.pClick).toBe(kept.pClick);
    expect(later.explanation.changedSince).toEqual(['PROFILE']);
    expect(later.explanation.probability).not.toBeCloseTo(kept.pClick, 4);
    expect(later.explanation.attributions.some(({ text, part }) => part === 'PROFILE' && text === 'boots')).toBe(true);
  });

  test('reads nothing of a person who has not agreed, or of what a regulated vertical bars', async () => {
    const silent = await scene(['Kitchen knives'], { consent: false });
    const predictions = await rank(silent.campaignId, silent.person.id);
    expect(explained.every(({ prefix }) => prefix === '')).toBe(true);
    expect(predictions.flatMap(({ explanation }) => explanation!.attributions).every(({ part }) => part === 'CREATIVE')).toBe(true);
    explained.splice(0);
    const barred = await scene(['maternity wear', 'index funds guide'], { vertical: 'FINANCE' });
    await rank(barred.campaignId, barred.person.id);
    expect(explained.map(({ prefix }) => prefix)).toEqual(['index funds guide', 'index funds guide']);
  });
});

test('where no model had the time to score, no word moved anything, and none is asked', async () => {
  const { campaignId, person } = await scene(['Kitchen knives']);
  const query = `query ($c: ID!, $p: ID) { rankCreatives(campaignId: $c, profileId: $p, deadlineMs: 1) { stage predictions { pClick explanation { baselineProbability attributions ${all} } } } }`;
  const { data, errors } = await t.send(query, { c: campaignId, p: person.id });
  expect(errors).toBeUndefined();
  const { rankCreatives } = data as unknown as { rankCreatives: { stage: string; predictions: { pClick: number; explanation: unknown }[] } };
  expect(rankCreatives.stage).toBe('FIRST_STAGE');
  expect(rankCreatives.predictions).toHaveLength(2);
  for (const { pClick, explanation } of rankCreatives.predictions) expect(explanation).toEqual({ baselineProbability: pClick, attributions: [] });
  expect(explained).toEqual([]);
});

describe('asked for too much', () => {
  test('a page of explanations is refused before anything is computed', async () => {
    const { campaignId } = await scene([]);
    const query = `query ($c: ID!) { rankCreatives(campaignId: $c, first: 100) { predictions { explanation { attributions ${all} } } } }`;
    expect((await t.send(query, { c: campaignId })).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
    expect(explained).toEqual([]);
  });

  test('words beyond 200, or none, are refused with the field', async () => {
    const { campaignId } = await scene([]);
    const query = `query ($c: ID!, $n: Int!) { rankCreatives(campaignId: $c, first: 1) { predictions { explanation { attributions(first: $n) ${all} } } } }`;
    for (const n of [0, 201]) expect((await t.send(query, { c: campaignId, n })).errors).toMatchObject([{ extensions: { code: 'BAD_INPUT', field: 'first' } }]);
  });
});
