import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRng } from '../../../src/base/rng';
import { writerPrompt, type PromptParts } from '../../../src/domain/copy/prompt';
import { hasSlot } from '../../../src/domain/copy/slots';
import type { Provenance } from '../../../src/domain/entities/creative';
import type { Generator } from '../../../src/ml/serve/types';
import type { Dependencies } from '../../../src/modules/dependencies';
import { generateCreatives } from '../../../src/modules/generation/generate-creatives';
import { startTraining } from '../../../src/modules/learning/start-training';
import { learnWriter } from '../../../src/modules/writer-learning/learn-writer';
import { readContest } from '../../../src/modules/writer-learning/read-contest';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { aCampaign, aCreative, aModelVersion, aProfile } from '../../support/entities';
import { ModelDirectories, WRITER } from '../../ml/serve/model-directories';

const root = mkdtempSync(join(tmpdir(), 'adloom-learn-'));
const directories = new ModelDirectories();
let test: TestDependencies;
let writer: Generator;
beforeAll(async () => {
  writer = await directories.generator(WRITER, join(root, 'cache'));
  test = await testDependencies({ generator: writer });
});
afterAll(async () => {
  await test.discard();
  await directories.remove();
  rmSync(root, { recursive: true, force: true });
});

const provenance = (prompt: PromptParts, text: string, profileId: string | null = null): Provenance => ({
  generationJobId: null, modelVersionId: null, prompt: writerPrompt(prompt), seed: 1,
  template: { headline: text, body: null, callToAction: null }, logProbability: -1, parentId: null, profileId,
});
const prompt = (interest: string, tone = 'playful'): PromptParts => ({ vertical: 'ecommerce', format: 'HEADLINE', tone, interests: [interest], slots: ['<product>', '<offer>'] });

/** Creatives with what people did: a classifier that expects one click in fifty of everything. */
async function shown({ store, advertiserId, clock }: Dependencies, rows: readonly { headline: string; provenance: Provenance | null; impressions: number; clicks: number }[], campaignId: string): Promise<void> {
  const { id: modelVersionId } = await store.modelVersions.register({ ...aModelVersion(advertiserId), contentHash: 'a classifier' });
  const creatives = rows.map((row) => aCreative({ advertiserId, id: campaignId }, { headline: row.headline, body: null, origin: row.provenance ? 'GENERATED' : 'HUMAN', provenance: row.provenance }));
  await store.creatives.insertMany(creatives);
  await store.creativeEvidence.add(advertiserId, rows.map(({ impressions, clicks }, i) => ({ creativeId: creatives[i]!.id, modelVersionId, impressions, clicks, expectedClicks: impressions / 50 })), clock.now());
}

describe('the log as a writer reads it', () => {
  it('gives the templates of what won, with the facts of copy by people taken out, and nothing of a person who did not agree', async () => {
    const other = await testDependencies();
    try {
      const campaign = aCampaign(other.deps.advertiserId, { product: { name: 'Alba Trail', brand: 'Oakline', description: null, features: [], offers: ['free delivery'], price: null, url: null } });
      await other.deps.store.campaigns.insert(campaign);
      const [agreed, declined] = [true, false].map((training) => aProfile(other.deps.advertiserId, { consent: { personalisation: true, training, measurement: true } }));
      for (const profile of [agreed!, declined!]) await other.deps.store.profiles.ensureMany([profile]);
      const plain = Array.from({ length: 26 }, (_, i) => ({ headline: `Line ${i}`, provenance: provenance(prompt('running'), `Line ${String.fromCharCode(97 + i)} of many`), impressions: 5_000, clicks: 100 }));
      const won = (headline: string, from: Provenance | null) => ({ headline, provenance: from, impressions: 5_000, clicks: 300 });
      await shown(other.deps, [
        ...plain, won('Mud, says Alba Trail', provenance(prompt('running'), 'Mud, says <product>')), won('Alba Trail: free delivery', null), won('Ask Nikolai for 9 of them', null),
        won('For one who agreed', provenance(prompt('tea'), 'For one who agreed', agreed!.id)), won('For one who did not', provenance(prompt('coffee'), 'For one who did not', declined!.id)),
      ], campaign.id);
      const { winners, others } = await readContest(other.deps, null);
      expect(winners.map(({ prompt: { interests }, text }) => [interests.join(), text]).toSorted()).toEqual([['', '<product>: <offer>'], ['running', 'Mud, says <product>'], ['tea', 'For one who agreed']]);
      expect(others).toHaveLength(26);
      expect((await readContest(test.deps, null)).winners).toEqual([]);
    } finally {
      await other.discard();
    }
  });
});

describe('a writer that learns from the log', () => {
  const INTERESTS = ['running', 'cycling', 'camping', 'baking', 'coffee', 'gardening', 'photography', 'yoga'];
  let campaignId: string;
  beforeAll(async () => {
    const { store, advertiserId } = test.deps;
    const campaign = aCampaign(advertiserId, { status: 'ACTIVE', product: { name: 'Alba', brand: 'Oakline', description: null, features: [], offers: ['free delivery'], price: null, url: null } });
    campaignId = campaign.id;
    await store.campaigns.insert(campaign);
    const rng = createRng(7);
    const rows = [];
    for (const interest of INTERESTS) {
      for (const tone of ['playful', 'confident']) {
        const { generations } = await writer.generate({ prompt: writerPrompt(prompt(interest, tone)), count: 60, seed: 5, maxTokens: 16, temperature: 1, maxGraphemes: 60, placeholders: { '<product>': 'Alba', '<offer>': 'free delivery' }, bannedWords: [] });
        for (const text of new Set(generations.filter(({ complete }) => complete).map((each) => each.text.replace(/\s+/g, ' ').trim()))) {
          // Lines that name the product or its offer are what people like.
          rows.push({ headline: text, provenance: provenance(prompt(interest, tone), text), impressions: 4_000 + rng.int(4_000), clicks: 0 });
        }
      }
    }
    await shown(test.deps, rows.map((row) => ({ ...row, clicks: Math.round(row.impressions * (hasSlot(row.headline) ? 0.03 : 0.015)) })), campaign.id);
  });

  it('gives a candidate that serves nobody who does not ask for it, and writes for those who do', async () => {
    const { store, advertiserId } = test.deps;
    const directory = join(root, 'run');
    const learnt = await learnWriter(test.deps, { directory, seed: 3, epochs: 2, rate: 4e-3, threads: 1 });
    expect(learnt.winners).toBeGreaterThan(100);
    expect(learnt.verdicts.filter(({ name, passed }) => !passed && ['length', 'unknown-numbers', 'unknown-names'].includes(name))).toEqual([]);
    expect(existsSync(join(directory, 'adapter', 'adapter_config.json'))).toBe(true);
    expect(JSON.parse(readFileSync(join(directory, 'contest.json'), 'utf8'))).toMatchObject({ winners: expect.any(Array), others: expect.any(Array) });
    expect(learnt.version).toMatchObject({ kind: 'WRITER', stage: 'CANDIDATE', base: writer.identity.id, adapter: 'run/adapter', dataFingerprint: learnt.fingerprint, directory: join(directory, 'writer') });
    expect((await store.modelVersions.list(advertiserId, { kinds: ['WRITER'], stages: ['LIVE'] })).map(({ id }) => id)).toEqual([test.deps.modelVersionIds.writer]);

    const idsOf = async (writerVersionId: string | null): Promise<(string | null | undefined)[]> => {
      const job = await generateCreatives(test.deps, { campaignId, count: 2, seed: 9, interest: 'running', withBody: false, withCallToAction: false, writerVersionId });
      await test.deps.jobs.idle();
      const [ended] = await store.generationJobs.byIds(advertiserId, [job!.id]);
      return (await store.creatives.byIds(advertiserId, ended!.createdCreativeIds)).map((creative) => creative.provenance?.modelVersionId);
    };
    const [old, tuned] = [await idsOf(null), await idsOf(learnt.version!.id)];
    expect(new Set(old)).toEqual(new Set([test.deps.modelVersionIds.writer]));
    expect(new Set(tuned)).toEqual(new Set([learnt.version!.id]));
  });

  it('goes on where its contest was cut off with the power of the machine', async () => {
    const directory = join(root, 'cut-off');
    const contest = join(directory, 'contest.json');
    /** Until it has learnt a little. */
    const steps = async (): Promise<number> => {
      const abort = new AbortController();
      let last = 0;
      const report = ({ step }: { step: number }): void => {
        last = step;
        abort.abort();
      };
      await expect(learnWriter(test.deps, { directory, seed: 3, epochs: 2, threads: 1, report, signal: abort.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
      return last;
    };
    const first = await steps();
    const whole = readFileSync(contest);
    for (const left of [whole.subarray(0, whole.length / 2), Buffer.alloc(whole.length), Buffer.alloc(0)]) {
      writeFileSync(contest, left);
      expect(await steps()).toBeGreaterThan(first);
      expect(readFileSync(contest).equals(whole)).toBe(true);
    }
  });

  it('refuses a log with too few winners', async () => {
    const empty = await testDependencies({ generator: writer });
    try {
      const started = await startTraining(empty.deps, { kind: 'WRITER' });
      await empty.deps.jobs.idle();
      const [run] = await empty.deps.store.trainingRuns.byIds(empty.deps.advertiserId, [started!.id]);
      expect(run).toMatchObject({ status: 'FAILED', vertical: null, error: { code: 'CONFLICT', message: 'The log has 0 lines of copy that surely did better than their campaigns; a writer learns from 40 or more.' } });
    } finally {
      await empty.discard();
    }
  });

  it('refuses to write by what is no writer', async () => {
    await expect(generateCreatives(test.deps, { campaignId, count: 1, writerVersionId: campaignId })).rejects.toMatchObject({ problems: [{ code: 'NOT_FOUND', field: 'writerVersionId' }] });
  });
});
