import { cpSync, readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { GenerateCreativesDocument, GenerationProgressDocument, PredictionMadeDocument, type GenerationProgressSubscription, type PredictionMadeSubscription } from '../generated/operations';
import { print } from 'graphql';
import { PATIENCE_MS, ROOT, Workplace, type Serving } from './program';

interface Ranked {
  personalised: boolean;
  candidates: number;
  predictions: { id: string; rank: number; pClick: number; creative: { id: string; headline: string; origin: string } }[];
}

const RANK = `query ($c: String!, $p: String, $first: Int!) {
  rankCreatives(campaignExternalId: $c, profileExternalId: $p, first: $first) {
    personalised candidates predictions { id rank pClick creative { id headline origin } }
  }
}`;

let place: Workplace;
let program: Serving;
const rank = async (campaign: string, person: string | null, first = 50): Promise<Ranked> =>
  (await program.query<{ rankCreatives: Ranked }>(RANK, { c: campaign, p: person, first })).rankCreatives;
const idOf = async (of: 'campaign' | 'profile', externalId: string): Promise<string> =>
  (await program.query<Record<string, { id: string }>>(`query ($e: String!) { ${of}(externalId: $e) { id } }`, { e: externalId }))[of]!.id;

beforeAll(async () => {
  place = new Workplace();
  program = await place.serve();
}, PATIENCE_MS);
afterAll(() => place.discard());

/** The tests follow one program through its life, in this order. */
describe('a first start', () => {
  test('fills the empty database with the demo, copy of the writer included, and tells what it uses', () => {
    expect(program.told).toEqual([
      { demo: { campaigns: 12, profiles: 200, events: expect.any(Number), written: expect.any(Number) } },
      { url: expect.stringMatching(/^http:\/\/localhost:\d+\/graphql$/), database: expect.stringContaining('embedded'), models: [
        { kind: 'classifier', name: 'ctr', device: 'cpu', parameters: expect.any(Number) },
        { kind: 'writer', name: 'writer', device: 'cpu', parameters: expect.any(Number) },
      ], device: { setting: 'auto', device: 'cpu', reason: expect.any(String) } },
    ]);
    expect((program.told[0] as { demo: { written: number } }).demo.written).toBeGreaterThanOrEqual(12);
  });

  test("the README's first query gives ranked predictions for the person", async () => {
    const [, body] = /curl .*? -d '(\{"query"[^']*)'/s.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8'))!;
    const { data, errors } = await program.send<{ rankCreatives: Ranked }>(body!);
    expect(errors).toBeUndefined();
    const { personalised, candidates, predictions } = data.rankCreatives;
    expect(personalised).toBe(true);
    expect(candidates).toBeGreaterThan(predictions.length);
    expect(predictions.map((each) => each.rank)).toEqual([1, 2, 3]);
  });

  test('one campaign, two people: other copy is written for them, and the same copy is ranked in another order', async () => {
    const { campaign } = await program.query<{ campaign: { generationJobs: { profile: { externalId: string }; creatives: { headline: string; provenance: { prompt: string } }[] }[] } }>(
      '{ campaign(externalId: "demo:marlo") { generationJobs { profile { externalId } creatives { headline provenance { prompt } } } } }',
    );
    const copyOf = (person: string): { headline: string; provenance: { prompt: string } }[] => campaign.generationJobs.find(({ profile }) => profile.externalId === person)!.creatives;
    const [runner, drinker] = [copyOf('demo-001'), copyOf('demo-002')];
    expect(runner.length * drinker.length).toBeGreaterThan(0);
    expect(runner.some(({ provenance }) => provenance.prompt.includes('<|interest|>trail running'))).toBe(true);
    expect(drinker.some(({ provenance }) => provenance.prompt.includes('<|interest|>coffee'))).toBe(true);
    expect(runner.filter(({ headline }) => drinker.some((other) => other.headline === headline))).toEqual([]);

    const [first, second, nobody] = await Promise.all([rank('demo:marlo', 'demo-001'), rank('demo:marlo', 'demo-002'), rank('demo:marlo', null)]);
    const order = ({ predictions }: Ranked): string[] => predictions.map(({ creative }) => creative.headline);
    expect(order(first).toSorted()).toEqual(order(second).toSorted());
    expect(order(first)).not.toEqual(order(second));
    expect(first.predictions.some(({ creative }) => creative.origin === 'GENERATED')).toBe(true);
    expect([first.personalised, nobody.personalised]).toEqual([true, false]);
    // Copy written for somebody stands higher with them than with the other.
    const meanRank = (ranked: Ranked, copy: { headline: string }[]): number => {
      const ranks = ranked.predictions.filter(({ creative }) => copy.some(({ headline }) => headline === creative.headline)).map((each) => each.rank);
      return ranks.reduce((sum, each) => sum + each, 0) / ranks.length;
    };
    expect(meanRank(first, runner) - meanRank(first, drinker)).toBeLessThan(meanRank(second, runner) - meanRank(second, drinker));
  });

  test('a graphql-ws client follows a generation until it is done, and hears of the predictions that are made', async () => {
    const [campaignId, profileId] = [await idOf('campaign', 'demo:calder'), await idOf('profile', 'demo-002')];
    const socket = program.socket();
    const predictions = socket.iterate<PredictionMadeSubscription>({ query: print(PredictionMadeDocument), variables: { campaignId } });
    const progress = socket.iterate<GenerationProgressSubscription>({ query: print(GenerationProgressDocument) });
    const heard = progress.next();
    const made = predictions.next();
    // The protocol has no word for "the subscription has begun": a query over the same socket comes after it.
    for await (const _ of socket.iterate({ query: '{ __typename }' })) break;

    const { generateCreatives } = await program.run(GenerateCreativesDocument, { input: { campaignId, profileId, count: 3, seed: 4 } });
    expect(generateCreatives.userErrors).toEqual([]);
    const events = [(await heard).value!.data!.generationProgress];
    while (!['SUCCEEDED', 'FAILED', 'CANCELLED'].includes(events.at(-1)!.status)) events.push((await progress.next()).value!.data!.generationProgress);
    await progress.return!();
    expect(events[0]).toMatchObject({ status: 'QUEUED', requested: 3, done: 0 });
    expect(events.at(-1)).toMatchObject({ status: 'SUCCEEDED', done: 3, job: { id: generateCreatives.job!.id } });
    expect(events.at(-1)!.job!.creatives).toHaveLength(3);

    const { predictions: ranked } = await rank('demo:calder', 'demo-002', 4);
    const event = (await made).value!.data!.predictionMade;
    expect(ranked.map(({ id }) => id)).toContain(event.prediction!.id);
    await predictions.return!();
    await socket.dispose();
  }, PATIENCE_MS);

  test('a second program on the same data is refused, and the first one does not notice', async () => {
    const { code, err } = await place.run(['serve']);
    expect(code).toBe(1);
    expect(err).toContain('[STORE_LOCKED]');
    expect((await rank('demo:skarn', 'demo-001', 1)).predictions).toHaveLength(1);
  }, PATIENCE_MS);
});

describe('a stop and a second start', () => {
  let kept: string[];

  test('SIGTERM keeps the predictions of the very last answer', async () => {
    kept = (await rank('demo:wayfare', 'demo-004')).predictions.map(({ id }) => id);
    expect(kept.length).toBeGreaterThan(3);
    expect(await program.stop()).toMatchObject({ code: 0, err: '' });
  }, PATIENCE_MS);

  test('an archive of published tests is imported meanwhile; a second time changes nothing', async () => {
    const archive = path.join(ROOT, 'tests', 'fixtures', 'imports', 'upworthy.csv');
    const first = await place.run(['import', 'upworthy', archive, '--json']);
    expect([first.code, JSON.parse(first.out)]).toMatchObject([3, { rows: 9, imported: 6, unchanged: 0, rejected: 3 }]);
    const second = await place.run(['import', 'upworthy', archive, '--json']);
    expect([second.code, JSON.parse(second.out)]).toMatchObject([3, { rows: 9, imported: 0, unchanged: 6, rejected: 3 }]);
  }, PATIENCE_MS);

  test('the second start is quick, fills nothing again, and has everything', async () => {
    program = await place.serve();
    expect(program.told).toHaveLength(1);
    // On a calm machine some 3 s; the promise is 10.
    expect(program.startMs).toBeLessThan(60_000);
    const { campaigns, predictions } = await program.query<{ campaigns: { totalCount: number }; predictions: { nodes: { id: string }[] } }>(
      'query ($p: ID!) { campaigns(first: 1) { totalCount } predictions(first: 100, filter: { profileId: $p }) { nodes { id } } }',
      { p: await idOf('profile', 'demo-004') },
    );
    expect(campaigns.totalCount).toBe(12 + 2);
    expect(predictions.nodes.map(({ id }) => id)).toEqual(expect.arrayContaining(kept));
  }, PATIENCE_MS);

  test('an imported test is ranked, to be held against what was counted', async () => {
    const { campaign } = await program.query<{ campaign: { creatives: { nodes: { headline: string; counts: { impressions: number; clicks: number } }[] } } }>(
      '{ campaign(externalId: "upworthy:t1") { creatives { nodes { headline counts { impressions clicks } } } } }',
    );
    const { predictions } = await rank('upworthy:t1', null);
    expect(predictions.map(({ creative }) => creative.headline).toSorted()).toEqual(campaign.creatives.nodes.map(({ headline }) => headline).toSorted());
    expect(campaign.creatives.nodes).toContainEqual({ headline: 'A Boy Built A Kite. Then The Wind Came.', counts: { impressions: 3000, clicks: 90 } });
    for (const { pClick } of predictions) expect(pClick).toBeGreaterThan(0);
    expect((await program.stop()).code).toBe(0);
  }, PATIENCE_MS);
});

describe('a start with a model that cannot be right', () => {
  test.each([
    ['ADLOOM_CTR_MODEL', 'ctr'],
    ['ADLOOM_WRITER_MODEL', 'writer'],
  ])('%s: a file cut short stops the start, and says which', async (setting, model) => {
    const broken = path.join(place.folder, `broken-${model}`);
    cpSync(path.join(ROOT, 'tests', 'fixtures', 'models', model), broken, { recursive: true });
    truncateSync(path.join(broken, 'model.safetensors'), 1_000);
    const { code, out, err } = await place.run(['serve'], { environment: { [setting]: broken } });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('[MODEL_INVALID]');
    expect(err).toContain('model.safetensors');
  }, PATIENCE_MS);
});
