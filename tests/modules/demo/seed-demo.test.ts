import { needsDemo, seedDemo } from '../../../src/modules/demo/seed-demo';
import { orderDemoCopy } from '../../../src/modules/demo/write-demo-copy';
import { registerModel } from '../../../src/modules/models/register-model';
import { createWriters } from '../../../src/modules/models/writers';
import { testDependencies } from '../../support/dependencies';
import { corpusGenerator, overlapScorer } from '../../support/stand-in-models';

test('fills an empty store once: campaigns, people, histories, copy written for two tastes; a second run changes nothing', async () => {
  const { deps, discard } = await testDependencies({ generator: corpusGenerator(), scorer: overlapScorer() });
  try {
    await expect(seedDemo(deps, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
    // What was cut off is taken up by the next start.
    expect(await needsDemo(deps)).toBe(true);
    const seeded = await seedDemo(deps);
    expect(seeded).toMatchObject({ campaigns: 12, profiles: 200 });
    expect(seeded.events).toBeGreaterThan(2_000);
    expect(seeded.written).toBeGreaterThanOrEqual(20);
    expect(await needsDemo(deps)).toBe(false);

    const [marlo] = await deps.store.campaigns.byExternalIds(deps.advertiserId, ['demo:marlo']);
    const creatives = await deps.store.creatives.page(deps.advertiserId, { campaignIds: [marlo!.id], statuses: ['APPROVED'] }, { first: 100 });
    const generated = creatives.edges.filter(({ node }) => node.origin === 'GENERATED');
    expect(generated.length).toBe(8);
    expect(new Set(generated.map(({ node }) => node.provenance!.profileId)).size).toBe(2);

    const [lead] = await deps.store.profiles.byExternalIds(deps.advertiserId, ['demo-001']);
    expect(lead!.interests[0]!.name).toBe('trail running');
    expect(lead!.profileText).not.toBe('');
    expect((await deps.store.profiles.count(deps.advertiserId, { consent: { personalisation: false } }))).toBeGreaterThan(10);

    const before = await deps.store.creatives.count(deps.advertiserId, {});
    expect(await seedDemo(deps)).toMatchObject({ campaigns: 0, events: 0 });
    expect(await deps.store.creatives.count(deps.advertiserId, {})).toBe(before);
    // A start long after: nobody remembers the keys that the first one used.
    await deps.store.idempotency.prune(new Date('2100-01-01'), 1_000);
    await orderDemoCopy(deps);
    await deps.jobs.idle();
    expect(await deps.store.creatives.count(deps.advertiserId, {})).toBe(before);
  } finally {
    await discard();
  }
}, 240_000);

test('a first start without a writer fills all but the written copy; a later start with one makes up for it, once', async () => {
  const { deps, discard } = await testDependencies();
  try {
    expect(await seedDemo(deps)).toMatchObject({ campaigns: 12, written: 0 });
    const people = await deps.store.creatives.count(deps.advertiserId, {});
    const version = await registerModel(deps, corpusGenerator().identity);
    const generator = corpusGenerator();
    const writers = createWriters({ ...deps, base: generator, baseVersionId: version, open: () => Promise.reject(new Error('There is one writer.')) });
    const later = { ...deps, generator, writers, scorer: overlapScorer(), modelVersionIds: { classifier: null, writer: version } };
    for (const _start of [1, 2]) {
      expect(await needsDemo(later)).toBe(false);
      expect(await orderDemoCopy(later)).toHaveLength(8);
      await deps.jobs.idle();
      expect((await deps.store.creatives.count(deps.advertiserId, {})) - people).toBe(26);
    }
  } finally {
    await discard();
  }
}, 240_000);
