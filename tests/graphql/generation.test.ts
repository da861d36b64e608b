import { print } from 'graphql';
import { CancelGenerationDocument, GenerateCreativesDocument, GenerationProgressDocument } from '../generated/operations';
import { makeCampaign, makePerson } from '../support/scenes';
import { openTestApp, take, type TestApp } from '../support/test-app';

let t: TestApp;
beforeAll(async () => {
  t = await openTestApp();
});
afterAll(() => t.close());

type Progress = { generationProgress: { status: string; done: number; job: { id: string; creatives: { headline: string }[] } } };

/** All that a job tells, to its end, without any cursor. */
async function follow(jobId: string): Promise<Progress[]> {
  const seen: Progress[] = [];
  for await (const { data } of t.socket().iterate<Progress>({ query: print(GenerationProgressDocument), variables: { jobId } })) {
    seen.push(data!);
    if (['SUCCEEDED', 'FAILED'].includes(data!.generationProgress.status)) break;
  }
  return seen;
}

describe('generateCreatives', () => {
  test('returns a job at once, and tells of its progress until it is done', async () => {
    const campaignId = await makeCampaign(t);
    const { generateCreatives } = await t.run(GenerateCreativesDocument, { input: { campaignId, count: 2, withBody: false, withCallToAction: false, seed: 1 } });
    const { job, userErrors } = generateCreatives;
    expect(userErrors).toEqual([]);
    expect(job).toMatchObject({ requested: 2 });
    const seen = await follow(job!.id);
    expect(seen[0]!.generationProgress.status).toBe('QUEUED');
    expect(seen.at(-1)!.generationProgress).toMatchObject({ status: 'SUCCEEDED', done: 2 });
    expect(seen.at(-1)!.generationProgress.job.creatives).toHaveLength(2);
  });

  test('whoever follows a job after its end is told all of it', async () => {
    const campaignId = await makeCampaign(t);
    const { generateCreatives } = await t.run(GenerateCreativesDocument, { input: { campaignId, count: 1 } });
    const jobId = generateCreatives.job!.id;
    const heard = await follow(jobId);
    expect(heard.length).toBeGreaterThan(2);
    expect(await follow(jobId)).toEqual(heard.map(({ generationProgress }) => expect.objectContaining({ generationProgress: expect.objectContaining({ status: generationProgress.status, done: generationProgress.done }) as object }) as object));
  });

  test('gives the same job for the same idempotency key', async () => {
    const campaignId = await makeCampaign(t);
    const input = { campaignId, count: 1, idempotencyKey: 'g1' };
    const [a, b] = [await t.run(GenerateCreativesDocument, { input }), await t.run(GenerateCreativesDocument, { input })];
    expect(a.generateCreatives.job!.id).toBe(b.generateCreatives.job!.id);
  });

  test('refuses a count out of bounds and a person who is not there', async () => {
    const campaignId = await makeCampaign(t);
    const person = await makePerson(t, []);
    const tooMany = await t.run(GenerateCreativesDocument, { input: { campaignId, profileId: person.id, count: 101 } });
    expect(tooMany.generateCreatives.userErrors).toMatchObject([{ code: 'BAD_INPUT', field: 'count' }]);
  });

  test('a job that has ended is given back unchanged by cancelGeneration', async () => {
    const campaignId = await makeCampaign(t);
    const { generateCreatives } = await t.run(GenerateCreativesDocument, { input: { campaignId, count: 1 } });
    const jobId = generateCreatives.job!.id;
    await take<Progress>(t, print(GenerationProgressDocument), { jobId, after: Buffer.from('feed:0').toString('base64url') }, 3);
    const { cancelGeneration } = await t.run(CancelGenerationDocument, { input: { jobId } });
    expect(cancelGeneration.userErrors).toEqual([]);
  });
});
