import { checkCopy, guardContextOf, isBlocked } from '../../../src/domain/guard/check-copy';
import { similarity } from '../../../src/domain/guard/similarity';
import type { Campaign } from '../../../src/domain/entities/campaign';
import type { Creative } from '../../../src/domain/entities/creative';
import type { GenerationJob } from '../../../src/domain/entities/generation-job';
import { MOST_GENERATIONS, type GenerateRequest } from '../../../src/ml/serve/types';
import { resumeJobs } from '../../../src/jobs/resume-jobs';
import { cancelGeneration } from '../../../src/modules/generation/cancel-generation';
import { generateCreatives, type GenerateCreatives } from '../../../src/modules/generation/generate-creatives';
import { runGeneration } from '../../../src/modules/generation/run-generation';
import { recordEvents } from '../../../src/modules/profiles/record-events';
import { upsertProfile } from '../../../src/modules/profiles/upsert-profile';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { aCampaign } from '../../support/entities';
import { corpusGenerator, overlapScorer } from '../../support/stand-in-models';

let opened: TestDependencies;
const requests: GenerateRequest[] = [];
let onGenerate: (() => Promise<void>) | null = null;
beforeAll(async () => {
  const generator = corpusGenerator({ onGenerate: async (request) => { requests.push(request); await onGenerate?.(); } });
  opened = await testDependencies({ generator, scorer: overlapScorer() });
});
afterAll(() => opened.discard());
beforeEach(() => { requests.length = 0; onGenerate = null; });

async function campaign(stated: Partial<Campaign> = {}): Promise<Campaign> {
  const { deps } = opened;
  const made = aCampaign(deps.advertiserId, {
    audience: { interestsAnyOf: [], interestsNoneOf: [], segmentsAnyOf: [], segmentsNoneOf: [], attributes: [] },
    product: { name: 'Marlo', brand: 'Oakline', description: null, features: ['a waterproof membrane'], offers: ['20% off this week'], price: { micros: 49_000_000n, currency: 'EUR' }, url: null },
    ...stated,
  });
  await deps.store.campaigns.insert(made);
  return made;
}
let people = 0;
async function person(category: string, consent = true): Promise<string> {
  const { deps } = opened;
  people += 1;
  const externalId = `person-${people}`;
  const profile = await upsertProfile(deps, { externalId, consent: { personalisation: consent } });
  await recordEvents(deps, { events: Array.from({ length: 4 }, (_, index) => ({ eventId: `${externalId}-${index}`, profileExternalId: externalId, kind: 'VIEW' as const, itemText: `${category} thing ${index}`, category })) });
  return profile!.id;
}
async function written(input: GenerateCreatives): Promise<{ job: GenerationJob; creatives: Creative[] }> {
  const { deps } = opened;
  const started = await generateCreatives(deps, input);
  await deps.jobs.idle();
  const [job] = await deps.store.generationJobs.byIds(deps.advertiserId, [started!.id]);
  const creatives = await deps.store.creatives.byIds(deps.advertiserId, job!.createdCreativeIds);
  return { job: job!, creatives };
}

test('writes the creatives asked for: guarded, different, scored, with provenance, told to subscribers', async () => {
  const { deps } = opened;
  const { id } = await campaign();
  const before = await deps.store.feed.latestCursor(deps.advertiserId, 'generationProgress');
  const { job, creatives } = await written({ campaignId: id, profileId: await person('trail running'), count: 7, seed: 5 });
  expect(job).toMatchObject({ status: 'SUCCEEDED', done: 7, requested: 7, error: null });
  expect(job.rejected).toBeGreaterThan(0);
  expect(creatives).toHaveLength(7);
  const [saved] = await deps.store.campaigns.byIds(deps.advertiserId, [id]);
  for (const creative of creatives) {
    expect(isBlocked(checkCopy(creative, guardContextOf(saved!, { strict: true, interest: 'trail running' })))).toBe(false);
    expect(creative).toMatchObject({ origin: 'GENERATED', status: 'IN_REVIEW' });
    expect(creative.body).not.toBeNull();
    expect(creative.provenance).toMatchObject({ generationJobId: job.id, modelVersionId: deps.modelVersionIds.writer, profileId: job.profileId });
    expect(creative.provenance!.prompt).toContain('<|interest|>trail running<|slots|>');
    for (const other of creatives) if (other !== creative) expect(similarity(other.headline, creative.headline)).toBeLessThan(0.6);
  }
  const progress = await deps.store.feed.after(deps.advertiserId, 'generationProgress', before, 100);
  expect(progress.map(({ payload }) => (payload as { status: string; done: number }).status)).toEqual(['QUEUED', 'RUNNING', 'RUNNING', 'RUNNING', 'SUCCEEDED']);
  expect(progress.map(({ payload }) => (payload as { done: number }).done)).toEqual([0, 0, 5, 7, 7]);
  const changes = await deps.store.feed.after(deps.advertiserId, 'creativeChanged', 0n, 100, [id]);
  expect(changes).toHaveLength(7);
});

test('two people with different interests get different copy; somebody without consent gets copy about the product', async () => {
  const { id } = await campaign();
  const [running, coffee, silent] = [
    await written({ campaignId: id, profileId: await person('trail running'), count: 3, seed: 1 }),
    await written({ campaignId: id, profileId: await person('coffee'), count: 3, seed: 1 }),
    await written({ campaignId: id, profileId: await person('coffee', false), count: 3, seed: 1 }),
  ];
  const prompts = (from: typeof running): string[] => from.creatives.map((creative) => creative.provenance!.prompt);
  for (const prompt of prompts(running)) expect(prompt).toContain('<|interest|>trail running<');
  for (const prompt of prompts(coffee)) expect(prompt).toContain('<|interest|>coffee<');
  for (const prompt of prompts(silent)) expect(prompt).toContain('<|interest|><');
  const headlines = [running, coffee, silent].flatMap(({ creatives }) => creatives.map(({ headline }) => headline));
  expect(new Set(headlines).size).toBe(headlines.length);
});

test('a finance campaign carries its disclaimer, and no barred interest reaches a prompt', async () => {
  const { id } = await campaign({ vertical: 'FINANCE', voice: { tone: 'PLAIN', bannedWords: ['patient'], requiredDisclaimer: 'Capital at risk.' } });
  const { creatives } = await written({ campaignId: id, profileId: await person('parenting'), count: 3, autoApprove: true });
  expect(creatives.length).toBeGreaterThan(0);
  for (const creative of creatives) {
    expect(creative.body).toContain('Capital at risk.');
    expect(creative.status).toBe('APPROVED');
    expect(`${creative.headline} ${creative.body}`).not.toMatch(/patient\b/i);
  }
  expect(requests.every(({ prompt }) => !prompt.includes('parent'))).toBe(true);
  await expect(generateCreatives(opened.deps, { campaignId: id, count: 1, interest: 'young mums' })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'interest' });
});

test('as many as may be asked for are written, in no larger orders than the writer takes', async () => {
  const { id } = await campaign();
  const { job } = await written({ campaignId: id, count: 100, seed: 5 });
  expect(job.error).toBeNull();
  expect(Math.max(...requests.map(({ count }) => count))).toBeLessThanOrEqual(MOST_GENERATIONS);
});

test('asking for more than there is ends with what there is; asking again finds nothing new and says why', async () => {
  const { id } = await campaign();
  const first = await written({ campaignId: id, interest: 'trail running', count: 60, withBody: false, withCallToAction: false });
  expect(first.job.status).toBe('SUCCEEDED');
  expect(first.job.done).toBeLessThan(60);
  const again = await written({ campaignId: id, interest: 'trail running', count: 1, seed: 9 });
  expect(again.job).toMatchObject({ status: 'FAILED', done: 0, error: { code: 'CONFLICT', message: expect.stringContaining('near-duplicates') } });
});

test('a retry with the same key is the same job, another request with it is refused, a dry run starts nothing', async () => {
  const { id } = await campaign();
  const request = { campaignId: id, count: 1, idempotencyKey: 'k' };
  const one = await written(request);
  const two = await written(request);
  expect(two.job.id).toBe(one.job.id);
  await expect(generateCreatives(opened.deps, { ...request, count: 2 })).rejects.toMatchObject({ code: 'CONFLICT', field: 'idempotencyKey' });
  expect(await generateCreatives(opened.deps, { campaignId: id, count: 1, validateOnly: true })).toBeNull();
  await expect(generateCreatives(opened.deps, { campaignId: id, count: 0 })).rejects.toMatchObject({ field: 'count' });
});

test('a retry with the same key is answered with its job after the campaign was archived', async () => {
  const { id } = await campaign();
  const request = { campaignId: id, count: 1, idempotencyKey: 'before it was archived' };
  const one = await written(request);
  const [saved] = await opened.deps.store.campaigns.byIds(opened.deps.advertiserId, [id]);
  await opened.deps.store.campaigns.update({ ...saved!, status: 'ARCHIVED' }, saved!.version);
  await expect(generateCreatives(opened.deps, { ...request, idempotencyKey: 'other' })).rejects.toMatchObject({ field: 'campaignId' });
  expect((await generateCreatives(opened.deps, request))!.id).toBe(one.job.id);
});

test('a cancelled job stops where it stands', async () => {
  const { deps } = opened;
  const { id } = await campaign();
  const job = await generateCreatives(deps, { campaignId: id, count: 3 });
  onGenerate = async () => { await cancelGeneration(deps, { jobId: job!.id }); };
  await deps.jobs.idle();
  const [ended] = await deps.store.generationJobs.byIds(deps.advertiserId, [job!.id]);
  expect(ended).toMatchObject({ status: 'CANCELLED', done: 0 });
  expect(await deps.store.creatives.count(deps.advertiserId, { campaignIds: [id] })).toBe(0);
});

test('a job that a stop cut off is taken up again and writes no more than was asked', async () => {
  const { deps } = opened;
  const { id } = await campaign();
  const stop = new AbortController();
  const job = await generateCreatives({ ...deps, jobs: { ...deps.jobs, enqueue: () => undefined } }, { campaignId: id, count: 8 });
  let calls = 0;
  onGenerate = async () => { calls += 1; if (calls === 2) stop.abort(); };
  await runGeneration(deps, { jobId: job!.id, signal: stop.signal });
  expect((await deps.store.generationJobs.byIds(deps.advertiserId, [job!.id]))[0]).toMatchObject({ status: 'RUNNING' });
  onGenerate = null;
  expect(await resumeJobs(deps)).toBe(1);
  await deps.jobs.idle();
  expect((await deps.store.generationJobs.byIds(deps.advertiserId, [job!.id]))[0]).toMatchObject({ status: 'SUCCEEDED', done: 8 });
  expect(await deps.store.creatives.count(deps.advertiserId, { campaignIds: [id] })).toBe(8);
});

test('a job that another process is at is left alone, and who slept until another took it up writes nothing more', async () => {
  const { deps } = opened;
  const { id } = await campaign();
  const job = await generateCreatives({ ...deps, jobs: { ...deps.jobs, enqueue: () => undefined } }, { campaignId: id, count: 8 });
  const other = { owner: deps.ids.next(), now: deps.clock.now(), until: new Date(deps.clock.now().getTime() + 60_000) };
  expect(await deps.store.generationJobs.take(deps.advertiserId, job!.id, other)).not.toBeNull();
  expect(await resumeJobs(deps)).toBe(0);
  await runGeneration(deps, { jobId: job!.id, signal: new AbortController().signal });
  expect(await deps.store.creatives.count(deps.advertiserId, { campaignIds: [id] })).toBe(0);
  await deps.store.generationJobs.leave(deps.advertiserId, job!.id, other.owner);
  let stolen = false;
  onGenerate = async () => {
    if (stolen) return;
    stolen = true;
    // As if this process had slept for two minutes: its lease ran out, and another took the job up.
    const late = new Date(deps.clock.now().getTime() + 120_000);
    expect(await deps.store.generationJobs.take(deps.advertiserId, job!.id, { owner: other.owner, now: late, until: late })).not.toBeNull();
  };
  await runGeneration(deps, { jobId: job!.id, signal: new AbortController().signal });
  onGenerate = null;
  expect(await deps.store.creatives.count(deps.advertiserId, { campaignIds: [id] })).toBe(0);
  expect(await resumeJobs({ ...deps, clock: { ...deps.clock, now: () => new Date(Date.now() + 1e6) } })).toBe(1);
  await deps.jobs.idle();
  expect(await deps.store.creatives.count(deps.advertiserId, { campaignIds: [id] })).toBe(8);
});

test('a writer that fails fails the job, not the process', async () => {
  const { id } = await campaign();
  onGenerate = () => Promise.reject(new Error('secret inside'));
  const { job } = await written({ campaignId: id, count: 2 });
  expect(job).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL' } });
  expect(job.error!.message).not.toContain('secret');
});
