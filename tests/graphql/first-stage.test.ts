/** Rankings of campaigns with more creatives than GPT-2 ranks at once, over HTTP, with a real classifier. */
import path from 'node:path';
import {
  CreateCreativeDocument, RankCreativesDocument, RecordOutcomesDocument, ReviewCreativeDocument, UpdateCreativeDocument, type ReviewVerdict,
} from '../generated/operations';
import { importCreatives } from '../../src/modules/imports/import-creatives';
import { SECOND_STAGE } from '../../src/modules/predictions/rank-creatives';
import { makeCampaign, makePerson, unique } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

const CTR = path.resolve(__dirname, '../fixtures/models/ctr');
const WORDS = 'mud trail city map coffee bread river night piano garden knife loan boots harbour ticket lesson sofa lamp kettle tent'.split(' ');
/** 300 headlines, no two alike, none longer than the guard lets run. */
const HEADLINES = Array.from({ length: 300 }, (_, i) => `${WORDS[i % 20]} ${WORDS[(i * 7 + 3) % 20]} ${WORDS[Math.floor(i / 20) % 20]} ${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + Math.floor(i / 26))}`);
const ITEMS = ['mud trail boots', 'river night tent'];

let t: TestApp;
let campaignId: string;
beforeAll(async () => {
  t = await openTestApp({ config: { ctrModel: { reference: CTR, required: true }, threads: 1 }, overrides: { scorer: undefined } });
  campaignId = await fullCampaign();
  await t.app.deps.creativeIndex!.complete();
});
afterAll(() => t.close());

async function fullCampaign(stated: Parameters<typeof makeCampaign>[1] = {}): Promise<string> {
  const externalId = unique('crowded');
  const id = await makeCampaign(t, { externalId, ...stated });
  const lines = HEADLINES.map((headline, i) => JSON.stringify({ campaignExternalId: externalId, externalId: `row-${i}`, headline, status: 'APPROVED' }));
  const source = (async function* () {
    yield Buffer.from(lines.join('\n'));
  })();
  const report = await importCreatives(t.app.deps, { source, format: 'jsonl', rejectsPath: path.join('/tmp', unique('rejects')) });
  expect(report.imported).toBe(HEADLINES.length);
  return id;
}

const rank = async (campaign: string, profileId: string | null, first = 100) =>
  (await t.run(RankCreativesDocument, { campaignId: campaign, profileId, first })).rankCreatives;
const headlinesOf = (ranking: Awaited<ReturnType<typeof rank>>): string[] => ranking.predictions.map(({ creative }) => creative.headline);

/** All of them by the model alone, best first; creatives without outcomes are worth what their chance of a click is. */
async function byModelAlone(prefix: string): Promise<string[]> {
  const { scores } = await t.app.deps.scorer.score({ prefix, texts: HEADLINES });
  return HEADLINES.map((headline, i) => ({ headline, p: scores[i]!.probability })).toSorted((a, b) => b.p - a.p).map(({ headline }) => headline);
}

async function approve(headline: string): Promise<{ id: string; version: number }> {
  const { createCreative } = await t.run(CreateCreativeDocument, { input: { campaignId, headline } });
  return review(createCreative.creative!.id, 1, 'APPROVE');
}

async function review(id: string, expectedVersion: number, verdict: ReviewVerdict): Promise<{ id: string; version: number }> {
  const { reviewCreative } = await t.run(ReviewCreativeDocument, { input: { id, expectedVersion, verdict } });
  expect(reviewCreative.userErrors).toEqual([]);
  return reviewCreative.creative!;
}

describe('a campaign of 300 approved creatives', () => {
  test('is ranked by GPT-2 on a hundred of them, and its best are found', async () => {
    const person = await makePerson(t, ITEMS);
    const ranking = await rank(campaignId, person.id);
    expect(ranking).toMatchObject({ candidates: 300, scored: SECOND_STAGE, personalised: true });
    expect(ranking.predictions).toHaveLength(SECOND_STAGE);
    const best = await byModelAlone(ITEMS.join(' | '));
    expect(headlinesOf(ranking)[0]).toBe(best[0]);
    expect(headlinesOf(ranking).slice(0, 10)).toEqual(best.slice(0, 10));
  });

  test('is ranked for nobody in particular exactly as if GPT-2 had ranked all', async () => {
    expect(headlinesOf(await rank(campaignId, null))).toEqual((await byModelAlone('')).slice(0, 100));
  });

  test('gives the first stage nothing of a person who has not agreed', async () => {
    const person = await makePerson(t, ITEMS, { consent: false });
    const ranking = await rank(campaignId, person.id);
    expect(ranking.personalised).toBe(false);
    expect(headlinesOf(ranking)).toEqual(headlinesOf(await rank(campaignId, null)));
  });
});

describe('the first stage follows a creative', () => {
  // Says all that the person looked at: nothing is nearer.
  const headline = 'mud trail boots';

  test('through approval, pause, return, new words and the archive', async () => {
    const person = await makePerson(t, ITEMS);
    const shown = async (): Promise<string[]> => headlinesOf(await rank(campaignId, person.id));
    let creative = await approve(headline);
    expect(await rank(campaignId, person.id)).toMatchObject({ candidates: 301 });
    expect(await shown()).toContain(headline);

    creative = await review(creative.id, creative.version, 'PAUSE');
    expect(await rank(campaignId, person.id)).toMatchObject({ candidates: 300 });
    expect(await shown()).not.toContain(headline);
    creative = await review(creative.id, creative.version, 'RESUME');
    expect(await shown()).toContain(headline);

    const { updateCreative } = await t.run(UpdateCreativeDocument, { input: { id: creative.id, expectedVersion: creative.version, headline: 'river night tent' } });
    expect(await shown()).not.toContain(headline);
    creative = await review(creative.id, updateCreative.creative!.version, 'APPROVE');
    expect(await shown()).toContain('river night tent');
    await t.app.deps.creativeIndex!.complete();
    expect(await shown()).toContain('river night tent');

    await review(creative.id, creative.version, 'ARCHIVE');
    expect(await rank(campaignId, person.id)).toMatchObject({ candidates: 300 });
    expect(await shown()).not.toContain('river night tent');
  });

  test('and its outcomes: one that sells is found however little its words promise', async () => {
    const objectives = { clickWeight: 0, conversionWeight: 1, conversionValue: { micros: '1000000', currency: 'EUR' } };
    const selling = await fullCampaign({ objectives });
    await t.app.deps.creativeIndex!.complete();
    const before = headlinesOf(await rank(selling, null));
    const last = (await byModelAlone('')).at(-1)!;
    expect(before).not.toContain(last);
    const outcome = async (headline: string, kind: 'CLICK' | 'CONVERSION', count: number) => {
      const [creative] = await t.app.deps.store.creatives.byExternalIds(t.app.deps.advertiserId, fromGlobal(selling), [`row-${HEADLINES.indexOf(headline)}`]);
      return { outcomeId: unique('outcome'), creativeId: Buffer.from(`Creative:${creative!.id}`).toString('base64url'), kind, count };
    };
    // The one that promised most is clicked and never bought.
    const outcomes = [await outcome(before[0]!, 'CLICK', 20_000), await outcome(last, 'CLICK', 500), await outcome(last, 'CONVERSION', 450)];
    await t.run(RecordOutcomesDocument, { input: { outcomes } });
    const after = await rank(selling, null);
    expect(after.predictions[0]!.creative.headline).toBe(last);
    // The campaign's rate is of all its creatives, not of the hundred.
    const shrunk = (450 + 20 * (451 / 20_550)) / 520;
    expect(after.predictions[0]!.pConversion).toBeCloseTo(after.predictions[0]!.pClick * shrunk, 10);
  });
});

const fromGlobal = (id: string): string => Buffer.from(id, 'base64url').toString().split(':')[1]!;
