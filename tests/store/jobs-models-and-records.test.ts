import { aCampaign, aCreative, aDecision, aGenerationJob, aModelVersion, aTrainingRun, later } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase, type Subject } from './on-each-database';

async function aStoredJob({ store, advertiserId }: Subject) {
  const campaign = aCampaign(advertiserId);
  await store.campaigns.insert(campaign);
  const job = aGenerationJob(campaign);
  await store.generationJobs.insert(job);
  return { campaign, job };
}

onEachDatabase((subject) => {
  describe('a generation job', () => {
    test('is taken by one of many at once, adds up what that one made, and ends once', async () => {
      const { store, advertiserId } = subject();
      const leases = Array.from({ length: 20 }, () => ({ owner: testIds.next(), now: later(0), until: later(100) }));
      const { job } = await aStoredJob(subject());
      expect(await store.generationJobs.byIds(advertiserId, [job.id])).toEqual([job]);
      expect(await store.generationJobs.progress(advertiserId, job.id, leases[0]!.owner, { createdCreativeIds: [], rejected: 1 })).toBeNull();
      const taken = await Promise.all(leases.map((lease) => store.generationJobs.take(advertiserId, job.id, lease)));
      expect(taken.filter((each) => each !== null)).toMatchObject([{ status: 'RUNNING', startedAt: later(0) }]);
      const { owner } = leases[taken.findIndex((each) => each !== null)]!;
      const ids = [testIds.next(), testIds.next(), testIds.next()];
      await Promise.all(ids.flatMap((id) => leases.map((each) => store.generationJobs.progress(advertiserId, job.id, each.owner, { createdCreativeIds: [id], rejected: 2 }))));
      const [running] = await store.generationJobs.byIds(advertiserId, [job.id]);
      expect(running).toMatchObject({ done: 3, rejected: 6 });
      expect(running!.createdCreativeIds.toSorted()).toEqual(ids);
      expect(await store.generationJobs.finish(advertiserId, job.id, 'FAILED', { owner, error: { code: 'MODEL_INVALID', message: 'No weights.' } })).toMatchObject({
        status: 'FAILED',
        error: { code: 'MODEL_INVALID', message: 'No weights.' },
        finishedAt: expect.any(Date),
      });
      expect(await store.generationJobs.finish(advertiserId, job.id, 'SUCCEEDED')).toBeNull();
    });

    test('that nobody is at is found, of its advertiser alone; one whose attempt is heard of is not', async () => {
      const { store, advertiserId } = subject();
      const { campaign, job } = await aStoredJob(subject());
      const ended = aGenerationJob(campaign, { createdAt: later(1) });
      await store.generationJobs.insert(ended);
      await store.generationJobs.finish(advertiserId, ended.id, 'CANCELLED');
      const waiting = async (at: number) => (await store.generationJobs.waiting(advertiserId, later(at))).filter((id) => id === job.id || id === ended.id);
      expect(await store.generationJobs.waiting(testIds.next(), later(0))).toEqual([]);
      expect(await waiting(0)).toEqual([job.id]);
      const owner = testIds.next();
      await store.generationJobs.take(advertiserId, job.id, { owner, now: later(0), until: later(100) });
      expect([await waiting(99), await waiting(100)]).toEqual([[], [job.id]]);
      expect(await store.generationJobs.hold(advertiserId, job.id, { owner, now: later(90), until: later(190) })).toBe(true);
      expect(await store.generationJobs.hold(advertiserId, job.id, { owner: testIds.next(), now: later(90), until: later(1_000) })).toBe(false);
      expect([await waiting(189), await waiting(190)]).toEqual([[], [job.id]]);
      await store.generationJobs.leave(advertiserId, job.id, owner);
      expect(await waiting(0)).toEqual([job.id]);
      expect((await store.generationJobs.latestByCampaignIds(advertiserId, [campaign.id], 5)).get(campaign.id)!.map(({ id }) => id)).toEqual([ended.id, job.id]);
    });
  });

  test('a training run is taken by one of many at once, held by that one alone, and taken again once its time is over', async () => {
    const { store, advertiserId } = subject();
    const run = aTrainingRun(advertiserId);
    await store.trainingRuns.insertAlone(run);
    const lease = (from: number, owner = testIds.next()) => ({ owner, now: later(from), until: later(from + 100) });
    const leases = Array.from({ length: 20 }, () => lease(0));
    const taken = await Promise.all(leases.map((each) => store.trainingRuns.take(advertiserId, run.id, each)));
    expect(taken.filter((each) => each !== null)).toMatchObject([{ id: run.id, status: 'RUNNING', startedAt: later(0) }]);
    const held = await Promise.all(leases.map(({ owner }) => store.trainingRuns.hold(advertiserId, run.id, lease(50, owner))));
    const winner = taken.findIndex((each) => each !== null);
    expect(held).toEqual(leases.map((_, index) => index === winner));
    const waiting = async (at: number) => (await store.trainingRuns.waiting(advertiserId, later(at))).includes(run.id);
    expect([await waiting(149), await waiting(150)]).toEqual([false, true]);
    const next = lease(150);
    expect(await store.trainingRuns.take(advertiserId, run.id, next)).toMatchObject({ startedAt: later(0) });
    expect(await store.trainingRuns.progress(advertiserId, run.id, leases[winner]!.owner, run.progress)).toBeNull();
    expect(await store.trainingRuns.finish(advertiserId, run.id, 'SUCCEEDED', { owner: leases[winner]!.owner })).toBeNull();
    await store.trainingRuns.leave(advertiserId, run.id, next.owner);
    expect(await waiting(0)).toBe(true);
    expect(await store.trainingRuns.finish(advertiserId, run.id, 'CANCELLED')).toMatchObject({ status: 'CANCELLED' });
  });

  test('work that a clock far ahead has leased is not lost for as long, once the clock is set right', async () => {
    const { store, advertiserId } = subject();
    const { job } = await aStoredJob(subject());
    const run = aTrainingRun(advertiserId);
    await store.trainingRuns.insertAlone(run);
    const ahead = 24 * 3_600_000;
    const lease = { owner: testIds.next(), now: later(ahead), until: later(ahead + 60_000) };
    await store.generationJobs.take(advertiserId, job.id, lease);
    await store.trainingRuns.take(advertiserId, run.id, lease);
    expect(await store.generationJobs.waiting(advertiserId, later(0))).toEqual([job.id]);
    expect(await store.trainingRuns.waiting(advertiserId, later(0))).toEqual([run.id]);
    // Clocks of two machines may differ by less than a lease.
    expect(await store.generationJobs.waiting(advertiserId, later(ahead - 59_000))).toEqual([]);
    const next = { owner: testIds.next(), now: later(0), until: later(60_000) };
    expect(await store.generationJobs.take(advertiserId, job.id, next)).toMatchObject({ status: 'RUNNING' });
    expect(await store.trainingRuns.take(advertiserId, run.id, next)).toMatchObject({ status: 'RUNNING' });
    expect(await store.generationJobs.hold(advertiserId, job.id, lease)).toBe(false);
  });

  describe('a model version', () => {
    test('is one row per content; registering it again keeps its id and stage', async () => {
      const { store, advertiserId } = subject();
      const version = aModelVersion(advertiserId, { contentHash: 'abc', metrics: { auc: 0.61 } });
      expect(await store.modelVersions.register(version)).toEqual(version);
      await store.modelVersions.setStage(advertiserId, version.id, 'LIVE');
      const again = await store.modelVersions.register(aModelVersion(advertiserId, { contentHash: 'abc', directory: 'elsewhere', metrics: { auc: 0.7 } }));
      expect(again).toMatchObject({ id: version.id, stage: 'LIVE', directory: 'elsewhere', metrics: { auc: 0.7 } });
      expect(await store.modelVersions.byIds(advertiserId, [version.id])).toEqual([again]);
    });

    test('of a vertical serves beside the one for all, one LIVE and one SHADOW of each', async () => {
      const { store, advertiserId } = subject();
      const make = (name: string, vertical: 'TRAVEL' | 'MEDIA' | null) => store.modelVersions.register(aModelVersion(advertiserId, { name, vertical, contentHash: name }));
      const [base, old, next, other] = [await make('base', null), await make('old', 'TRAVEL'), await make('next', 'TRAVEL'), await make('other', 'MEDIA')];
      for (const { id } of [base, old, other, next]) await store.modelVersions.setStage(advertiserId, id, 'LIVE');
      const stages = async (): Promise<unknown> => Object.fromEntries((await store.modelVersions.list(advertiserId, {})).map(({ name, stage }) => [name, stage]));
      expect(await stages()).toEqual({ base: 'LIVE', old: 'RETIRED', next: 'LIVE', other: 'LIVE' });
      expect(await store.modelVersions.live(advertiserId, 'CLASSIFIER', 'TRAVEL')).toMatchObject({ name: 'next' });
      expect(await store.modelVersions.live(advertiserId, 'CLASSIFIER', 'FINANCE')).toBeNull();
      await store.modelVersions.setStage(advertiserId, old.id, 'SHADOW');
      const last = await make('last', 'TRAVEL');
      await store.modelVersions.setStage(advertiserId, last.id, 'SHADOW');
      expect(await stages()).toEqual({ base: 'LIVE', old: 'CANDIDATE', next: 'LIVE', other: 'LIVE', last: 'SHADOW' });
    });

    test('there is one LIVE of a kind, also when several are promoted at once', async () => {
      const { store, advertiserId } = subject();
      const writer = await store.modelVersions.register(aModelVersion(advertiserId, { kind: 'WRITER' }));
      await store.modelVersions.setStage(advertiserId, writer.id, 'LIVE');
      const versions = await Promise.all([1, 2, 3, 4].map((n) => store.modelVersions.register(aModelVersion(advertiserId, { name: `v${n}` }))));
      await Promise.all(versions.map(({ id }) => store.modelVersions.setStage(advertiserId, id, 'LIVE')));
      const live = await store.modelVersions.list(advertiserId, { kinds: ['CLASSIFIER'], stages: ['LIVE'] });
      expect(live).toHaveLength(1);
      expect(await store.modelVersions.list(advertiserId, { kinds: ['CLASSIFIER'], stages: ['RETIRED'] })).toHaveLength(3);
      expect(await store.modelVersions.live(advertiserId, 'CLASSIFIER', null)).toEqual(live[0]);
      expect(await store.modelVersions.live(advertiserId, 'WRITER', null)).toMatchObject({ id: writer.id });
      expect(await store.modelVersions.setStage(advertiserId, testIds.next(), 'LIVE')).toBeNull();
    });
  });

  describe('the feed', () => {
    test('is read onwards from any cursor, per topic and advertiser, by key if asked', async () => {
      const { store, advertiserId } = subject();
      expect(await store.feed.latestCursor(advertiserId, 'outcomeRecorded')).toBe(0n);
      const item = (n: number, topic = 'outcomeRecorded') => ({ advertiserId, topic, key: `k${n % 2}`, payload: { n, text: 'ü "quoted"' } });
      const stored = await store.feed.append([item(0), item(1), item(2, 'other'), item(3)]);
      expect(stored.map(({ payload }) => (payload as { n: number }).n)).toEqual([0, 1, 2, 3]);
      const numbers = async (...args: [cursor: bigint, limit: number, keys?: string[]]) =>
        (await store.feed.after(advertiserId, 'outcomeRecorded', ...args)).map(({ payload }) => (payload as { n: number }).n);
      expect(await numbers(0n, 10)).toEqual([0, 1, 3]);
      expect(await numbers(0n, 2)).toEqual([0, 1]);
      expect(await numbers(stored[1]!.cursor, 10)).toEqual([3]);
      expect(await numbers(0n, 10, ['k1'])).toEqual([1, 3]);
      expect(await store.feed.latestCursor(advertiserId, 'outcomeRecorded')).toBe(stored[3]!.cursor);
      expect(await store.feed.after(testIds.next(), 'outcomeRecorded', 0n, 10)).toEqual([]);
    });

    test('knows the newest cursor that it ever gave out, also of what is removed or was undone', async () => {
      const { store, advertiserId } = subject();
      const item = { advertiserId, topic: 'outcomeRecorded', key: 'k', payload: {} };
      const [first] = await store.feed.append([item]);
      expect(await store.feed.lastGiven()).toBe(first!.cursor);
      await store.transaction(async (tx) => {
        await tx.feed.append([item, item]);
        throw new Error('changed my mind');
      }).catch(() => undefined);
      expect(await store.feed.lastGiven()).toBe(first!.cursor + 2n);
    });

    test('never shows a smaller cursor after a larger one, however writers overlap', async () => {
      const { store, advertiserId } = subject();
      const seen: bigint[] = [];
      let writing = true;
      const reader = (async () => {
        for (let last = false; !last; ) {
          last = !writing;
          const items = await store.feed.after(advertiserId, 'busy', seen.at(-1) ?? 0n, 7);
          seen.push(...items.map(({ cursor }) => cursor));
          if (items.length > 0) last = false;
        }
      })();
      await Promise.all(
        Array.from({ length: 24 }, (_, i) =>
          store.transaction(async (tx) => {
            await tx.feed.append([{ advertiserId, topic: 'busy', key: `${i}`, payload: null }]);
            // Others try to overtake while this one has its cursor and has not committed.
            await tx.campaigns.insert(aCampaign(advertiserId));
            await tx.feed.append([{ advertiserId, topic: 'busy', key: `${i}`, payload: i }]);
          }),
        ),
      );
      writing = false;
      await reader;
      expect(seen).toHaveLength(48);
      expect(seen).toEqual(seen.toSorted((a, b) => (a < b ? -1 : 1)));
    });

    test('forgets nothing that is not older than asked', async () => {
      const { store, advertiserId } = subject();
      await store.feed.append([{ advertiserId, topic: 't', key: 'k', payload: {} }]);
      expect(await store.feed.prune(new Date('2020-01-01'), 100)).toBe(0);
      expect(await store.feed.after(advertiserId, 't', 0n, 5)).toHaveLength(1);
      expect(await store.feed.forgotten(advertiserId, 't')).toBe(0n);
    });
  });

  describe('an idempotency key', () => {
    test('is new once, then known with the result that was kept', async () => {
      const { store, advertiserId } = subject();
      expect(await store.idempotency.claim(advertiserId, 'createCampaign', 'key', 'hash')).toEqual({ state: 'new' });
      expect(await store.idempotency.claim(advertiserId, 'createCampaign', 'key', 'other')).toEqual({ state: 'known', requestHash: 'hash', result: null });
      await store.idempotency.finish(advertiserId, 'createCampaign', 'key', { id: 'x' });
      expect(await store.idempotency.claim(advertiserId, 'createCampaign', 'key', 'hash')).toEqual({ state: 'known', requestHash: 'hash', result: { id: 'x' } });
      expect(await store.idempotency.claim(advertiserId, 'createCreative', 'key', 'hash')).toEqual({ state: 'new' });
    });

    test('claimed by twins at once lets one do the work and gives the other its result', async () => {
      const { store, advertiserId } = subject();
      const attempts = await Promise.all(
        Array.from({ length: 6 }, () =>
          store.transaction(async (tx) => {
            const claim = await tx.idempotency.claim(advertiserId, 'op', 'k', 'h');
            if (claim.state === 'known') return claim.result;
            const campaign = aCampaign(advertiserId);
            await tx.campaigns.insert(campaign);
            await tx.idempotency.finish(advertiserId, 'op', 'k', campaign.id);
            return campaign.id;
          }),
        ),
      );
      expect(new Set(attempts).size).toBe(1);
      expect(await store.campaigns.count(advertiserId, {})).toBe(1);
    });

    test('is free again when the work it was claimed for failed', async () => {
      const { store, advertiserId } = subject();
      await expect(
        store.transaction(async (tx) => {
          await tx.idempotency.claim(advertiserId, 'op', 'k', 'h');
          throw new Error('the work failed');
        }),
      ).rejects.toThrow('the work failed');
      expect(await store.idempotency.claim(advertiserId, 'op', 'k', 'h')).toEqual({ state: 'new' });
    });
  });

  test('the audit trail is appended to and read newest first', async () => {
    const { store, advertiserId } = subject();
    const entry = (n: number) => ({ id: testIds.next(), advertiserId, actor: 'cli', action: 'updateCampaign', entityType: 'Campaign', entityId: `c${n % 2}`, details: { n }, createdAt: later(n) });
    await store.audit.append([entry(0), entry(1), entry(2)]);
    const page = await store.audit.page(advertiserId, { entityType: 'Campaign', entityIds: ['c0'] }, { first: 5 });
    expect(page.edges.map(({ node }) => node.details)).toEqual([{ n: 2 }, { n: 0 }]);
  });

  test('decisions are kept once, with the propensity of the choice', async () => {
    const { store, advertiserId } = subject();
    const campaign = aCampaign(advertiserId);
    await store.campaigns.insert(campaign);
    const creative = aCreative(campaign);
    await store.creatives.insertMany([creative]);
    const decision = aDecision(creative, {
      segments: ['runners', 'with, comma'],
      propensity: 0.95,
      candidates: [{ creativeId: creative.id, campaignId: campaign.id, pClick: 0.1, offset: { mean: 0.2, deviation: 0.5 }, expectedValueMicros: 25n, propensity: 0.95 }],
    });
    expect(await store.decisions.append([decision])).toEqual([decision.id]);
    expect(await store.decisions.append([decision])).toEqual([]);
    expect(await store.decisions.byIds(advertiserId, [decision.id])).toEqual([decision]);
  });
});
