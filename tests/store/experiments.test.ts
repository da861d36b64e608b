import { anExperiment, later, NOON } from '../support/entities';
import { testIds } from '../support/embedded-store';
import { onEachDatabase } from './on-each-database';

const HOUR = 3_600_000;

onEachDatabase((subject) => {
  const insert = (experiment: ReturnType<typeof anExperiment>) => subject().store.transaction((tx) => tx.experiments.insertUnlessOverlapping(experiment));

  test('an experiment is read back as it was made, by id, in pages, and only by its advertiser', async () => {
    const { store, advertiserId } = subject();
    const experiment = anExperiment(advertiserId, { placement: 'home', campaignIds: [testIds.next()], holdout: 0.1, endsAt: later(HOUR) });
    const listed = async (status: 'RUNNING' | 'ENDED', at: Date) =>
      (await store.experiments.page(advertiserId, { statuses: [status] }, { first: 5 }, at)).edges.map(({ node }) => node);
    expect(await insert(experiment)).toBeNull();
    expect(await store.experiments.byIds(advertiserId, [experiment.id])).toEqual([experiment]);
    expect(await listed('RUNNING', NOON)).toEqual([experiment]);
    expect(await listed('RUNNING', later(HOUR))).toEqual([]);
    expect(await listed('ENDED', later(HOUR))).toEqual([experiment]);
    const stranger = (await store.advertisers.ensure(`Advertiser ${testIds.next()}`)).id;
    expect(await store.experiments.byIds(stranger, [experiment.id])).toEqual([]);
    expect(await store.experiments.runningExperiments(stranger, NOON)).toEqual([]);
  });

  test('an experiment runs from its start until its end, or until it is ended', async () => {
    const { store, advertiserId } = subject();
    const experiment = anExperiment(advertiserId, { startsAt: later(HOUR), endsAt: later(3 * HOUR) });
    await insert(experiment);
    const running = async (hours: number): Promise<number> => (await store.experiments.runningExperiments(advertiserId, later(hours * HOUR))).length;
    expect(await Promise.all([0.9, 1, 2.9, 3].map(running))).toEqual([0, 1, 1, 0]);
    expect(await store.experiments.end(advertiserId, experiment.id, 7, later(2 * HOUR))).toBeNull();
    expect(await store.experiments.end(advertiserId, experiment.id, 1, later(2 * HOUR))).toMatchObject({ status: 'ENDED', endsAt: later(2 * HOUR), version: 2 });
    expect(await store.experiments.end(advertiserId, experiment.id, 2, later(2 * HOUR))).toBeNull();
    expect(await running(1.5)).toBe(0);
  });

  test('two never speak of the same placement and campaign at the same time, also when made at once', async () => {
    const { advertiserId } = subject();
    const [one, other] = [testIds.next(), testIds.next()];
    const home = anExperiment(advertiserId, { placement: 'home', campaignIds: [one], endsAt: later(HOUR) });
    expect(await insert(home)).toBeNull();
    expect(await insert(anExperiment(advertiserId, { placement: 'home', campaignIds: [other] }))).toBeNull();
    expect(await insert(anExperiment(advertiserId, { placement: 'cart', campaignIds: [one] }))).toBeNull();
    expect(await insert(anExperiment(advertiserId, { placement: 'home', campaignIds: [one], startsAt: later(HOUR) }))).toBeNull();
    expect(await insert(anExperiment(advertiserId, { placement: 'home', campaignIds: [one], startsAt: later(HOUR - 1) }))).not.toBeNull();
    expect(await insert(anExperiment(advertiserId, { placement: null, campaignIds: [one], endsAt: later(1) }))).toMatchObject({ placement: expect.any(String) });
    expect(await insert(anExperiment(advertiserId, { placement: 'home', campaignIds: [] }))).not.toBeNull();
    const atOnce = await Promise.all([1, 2, 3].map(() => insert(anExperiment(advertiserId, { placement: 'search' }))));
    expect(atOnce.filter((result) => result === null)).toHaveLength(1);
  });
});
