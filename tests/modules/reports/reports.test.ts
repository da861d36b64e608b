import { manualClock } from '../../../src/base/clock';
import { createRng } from '../../../src/base/rng';
import type { Experiment } from '../../../src/domain/entities/experiment';
import { calibrationReport } from '../../../src/modules/reports/calibration-report';
import { campaignReport, figuresBy, timelineOf, totalOf } from '../../../src/modules/reports/campaign-report';
import { experimentReport } from '../../../src/modules/reports/experiment-report';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { testIds } from '../../support/embedded-store';
import { anExperiment, later, NOON } from '../../support/entities';
import { aScene, shown, type Scene } from './log';

const DAY = 86_400_000;
let t: TestDependencies;
let scene: Scene;
beforeAll(async () => {
  t = await testDependencies({ clock: manualClock(later(10 * DAY)) });
});
afterAll(() => t.discard());
beforeEach(async () => {
  scene = await aScene(t.deps);
});

describe('a campaign report', () => {
  const of = (campaignIds: readonly string[], period: { from?: Date; to?: Date } = {}) => campaignReport(t.deps, { campaignIds, ...period });

  test('tells what was seen, clicked, earned and spent, each ratio with an interval', async () => {
    await shown(t.deps, scene, { people: 300, each: 3, click: (taste) => taste / 2, convert: 0.5, stated: { segments: ['new'] } });
    const report = await of([scene.campaign.id]);
    const total = await totalOf(t.deps, report);
    expect(total).toMatchObject({ impressions: 900, spend: { micros: 9_000_000n, currency: 'EUR' }, value: { micros: BigInt(total.conversions) * 20_000_000n } });
    expect(total.ctr.value).toBe(total.clicks / 900);
    expect(total.cvr.value).toBe(total.conversions / total.clicks);
    expect(total.cpa.value).toBe(Math.round(9_000_000 / total.conversions));
    expect(total.roas.value).toBeCloseTo((total.conversions * 20) / 9, 12);
    for (const { value, low, high } of [total.ctr, total.cvr, total.cpa, total.roas]) {
      expect(low!).toBeLessThan(value!);
      expect(high!).toBeGreaterThan(value!);
    }
    expect(await figuresBy(t.deps, report, 'SEGMENT', 5)).toEqual([{ key: 'new', figures: total }]);
    expect(await figuresBy(t.deps, report, 'CREATIVE', 5)).toEqual([{ key: scene.creative.id, figures: total }]);
    expect(await timelineOf(t.deps, report, 'HOUR')).toEqual([{ from: NOON, figures: total }]);
  });

  test('is empty, not wrong, where nothing was shown', async () => {
    const report = await of([scene.campaign.id]);
    expect(await totalOf(t.deps, report)).toMatchObject({ impressions: 0, spend: { micros: 0n, currency: 'EUR' }, ctr: { value: null, low: 0, high: 1 }, roas: { value: null, low: null, high: null } });
    expect(await timelineOf(t.deps, report, 'DAY')).toEqual([]);
  });

  test('never adds amounts of different currencies', async () => {
    const dollars = await aScene(t.deps, { currency: 'USD' });
    await expect(of([scene.campaign.id, dollars.campaign.id])).rejects.toMatchObject({
      code: 'BAD_INPUT', field: 'campaignIds', message: 'A report has one currency; here are EUR and USD. Amounts of different currencies are never added.',
    });
  });

  test('refuses campaigns of others, times that end before they begin, and more than can be read', async () => {
    await expect(of([scene.campaign.id, testIds.next()])).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'campaignIds.1' });
    await expect(of([])).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'campaignIds' });
    await expect(of([scene.campaign.id], { from: NOON, to: NOON })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'from' });
    await expect(of([scene.campaign.id], { from: new Date(NaN) })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'from' });
    const year = await of([scene.campaign.id], { from: later(-365 * DAY), to: NOON });
    await expect(timelineOf(t.deps, year, 'HOUR')).rejects.toMatchObject({ code: 'TOO_LARGE', hint: 'Ask by DAY, or for a shorter time.' });
    await expect(figuresBy(t.deps, year, 'CREATIVE', 101)).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'first' });
  });
});

describe('an experiment report', () => {
  async function running(stated: Partial<Experiment> = {}): Promise<Experiment> {
    const experiment = anExperiment(t.deps.advertiserId, { placement: testIds.next(), startsAt: NOON, ...stated });
    await t.deps.store.transaction((tx) => tx.experiments.insertUnlessOverlapping(experiment));
    return experiment;
  }
  const deal = (experiment: Experiment, arm: string | null, people: number, click: number, before?: number): Promise<void> =>
    shown(t.deps, scene, {
      people, each: 1, click: () => click, convert: 0.5, stated: { experimentId: experiment.id, experimentArm: arm },
      ...(before === undefined ? {} : { before: { each: 2, stated: { createdAt: later(-3 * DAY) } } }),
    }, createRng(people));

  test('finds the arm that is better, with all that is to be known of it', async () => {
    const experiment = await running({ holdout: 0.2 });
    await deal(experiment, 'control', 200, 0.3, 2);
    await deal(experiment, 'treatment', 210, 0.8, 2);
    await deal(experiment, null, 100, 0.1);
    const { arms, sampleRatio, comparisons, currency } = await experimentReport(t.deps, { experimentId: experiment.id });
    expect(currency).toBe('EUR');
    expect(arms.map(({ name, people, plannedShare, holdout }) => [name, people, plannedShare, holdout])).toEqual([
      ['control', 200, 0.4, false], ['treatment', 210, 0.4, false], ['holdout', 100, 0.2, true],
    ]);
    expect(sampleRatio).toMatchObject({ mismatch: false, expected: [204, 204, 102] });
    expect(comparisons).toHaveLength(8);
    const [ctr, cvr] = comparisons;
    expect(ctr).toMatchObject({ arm: 'treatment', against: 'control', metric: 'CTR', verdict: 'BETTER', varianceCut: expect.any(Number) });
    expect(ctr!.difference.value).toBeCloseTo(arms[1]!.figures.ctr.value! - arms[0]!.figures.ctr.value!, 12);
    expect(cvr).toMatchObject({ metric: 'CVR', verdict: 'UNDECIDED', adjusted: null });
    expect(comparisons[4]).toMatchObject({ arm: null, against: 'holdout', metric: 'CTR' });
  });

  test('compares people, and requests only where nobody is known', async () => {
    const experiment = await running();
    for (const arm of ['control', 'treatment']) await shown(t.deps, scene, { people: 100, each: 1, click: () => 0.5, stated: { experimentId: experiment.id, experimentArm: arm, profileId: null } });
    const before = await experimentReport(t.deps, { experimentId: experiment.id });
    expect(before).toMatchObject({ unit: 'REQUEST', sampleRatio: { pValue: 1 } });
    expect(before.comparisons[0]!.difference.low).not.toBeNull();
    await deal(experiment, 'control', 10, 0.5);
    const after = await experimentReport(t.deps, { experimentId: experiment.id });
    expect(after.unit).toBe('PERSON');
    expect(after.arms.map(({ people, figures }) => [people, figures.impressions])).toEqual([[10, 110], [0, 100]]);
    expect(after.comparisons[0]!.difference.low).toBeNull();
  });

  test('trusts nothing where people were not split as planned', async () => {
    const experiment = await running();
    await deal(experiment, 'control', 20, 0.3);
    await deal(experiment, 'treatment', 180, 0.8);
    const { sampleRatio, comparisons } = await experimentReport(t.deps, { experimentId: experiment.id });
    expect(sampleRatio!.mismatch).toBe(true);
    expect(new Set(comparisons.map(({ verdict }) => verdict))).toEqual(new Set(['NOT_TRUSTED']));
  });

  test('asks which currency where there are several, and says so where there is nothing', async () => {
    const experiment = await running();
    await deal(experiment, 'control', 5, 0.5);
    scene = await aScene(t.deps, { currency: 'USD' });
    await deal(experiment, 'treatment', 5, 0.5);
    await expect(experimentReport(t.deps, { experimentId: experiment.id })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'currency', message: expect.stringContaining('EUR and USD') });
    await expect(experimentReport(t.deps, { experimentId: experiment.id, currency: 'euro' })).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'currency' });
    expect((await experimentReport(t.deps, { experimentId: experiment.id, currency: 'USD' })).arms.map(({ people }) => people)).toEqual([0, 5]);
    await expect(experimentReport(t.deps, { experimentId: testIds.next() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const idle = await running();
    expect(await experimentReport(t.deps, { experimentId: idle.id })).toMatchObject({ currency: null, sampleRatio: { mismatch: false, pValue: 1 } });
  });
});

describe('a calibration report', () => {
  const model = testIds.next();
  const at = (day: number) => later(day * DAY);
  const shows = (day: number, pClick: number, rate: number, seed: number): Promise<void> =>
    shown(t.deps, scene, { people: 200, each: 1, click: () => rate, stated: { createdAt: at(day), pClick, modelVersionId: model } }, createRng(seed));

  test('tells when a model promises too much, and when its scores are not what they were', async () => {
    for (const day of [0, 1, 2, 3]) await shows(day, 0.1, 0.1, day);
    for (const day of [0, 1, 2]) await shows(day, 0.2, 0.2, 10 + day);
    await shows(3, 0.4, 0.1, 20);
    const report = await calibrationReport(t.deps, { campaignIds: [scene.campaign.id], from: at(2), to: at(4), bucket: 'DAY' });
    expect(report).toMatchObject({ baselineFrom: at(0), baselineImpressions: 800, overall: { impressions: 800, predictedClicks: expect.closeTo(160, 6) } });
    expect(report.points.map(({ from, drifted }) => [from.toISOString().slice(0, 10), drifted])).toEqual([['2026-11-25', false], ['2026-11-26', true]]);
    const [well, badly] = report.points.map(({ ratio }) => ratio);
    expect([well!.low! < 1 && well!.high! > 1, badly!.low! > 1]).toEqual([true, true]);
    expect(report.points[0]!.psi).toBeLessThan(0.01);
  });

  test('says that it knows no drift where there is no baseline, and refuses models that are not there', async () => {
    await shows(3, 0.1, 0.1, 1);
    const { points } = await calibrationReport(t.deps, { campaignIds: [scene.campaign.id], from: at(3), to: at(4), bucket: 'HOUR' });
    expect(points).toMatchObject([{ impressions: 200, psi: null, drifted: false }]);
    await expect(calibrationReport(t.deps, { modelVersionId: testIds.next(), bucket: 'DAY' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
