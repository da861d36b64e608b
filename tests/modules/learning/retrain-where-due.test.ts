import { manualClock } from '../../../src/base/clock';
import type { Vertical } from '../../../src/domain/entities/campaign';
import { retrainOnSchedule } from '../../../src/jobs/retrain-on-schedule';
import { driftOf } from '../../../src/modules/learning/drift';
import { retrainWhereDue } from '../../../src/modules/learning/retrain-where-due';
import { aCampaign, aCreative, aDecision, aTrainingRun, later, NOON } from '../../support/entities';
import { openSmallClassifier, type SmallClassifier } from '../../support/small-classifier';

const HOUR = 3_600_000;
const clock = manualClock(NOON);
let opened: SmallClassifier;
let deps: SmallClassifier['deps'];
beforeAll(async () => {
  opened = await openSmallClassifier({ clock });
  deps = opened.deps;
});
afterAll(() => opened.discard());

/** Decisions of the last moments, seen; one in four clicked. */
async function decided(vertical: Vertical, count: number, chance: (i: number) => number): Promise<void> {
  const campaign = aCampaign(deps.advertiserId, { vertical });
  const creative = aCreative(campaign);
  await deps.store.campaigns.insert(campaign);
  await deps.store.creatives.insertMany([creative]);
  clock.advance(10_000);
  const now = clock.now();
  await deps.store.decisions.append(Array.from({ length: count }, (_, i) => {
    const createdAt = later(i - count, now);
    return aDecision(creative, { vertical, modelVersionId: deps.modelVersionIds.classifier, pClick: chance(i), createdAt, impressionAt: createdAt, clickAt: i % 4 === 0 ? createdAt : null });
  }));
}
const due = async (): Promise<string[]> => {
  const runs = await retrainWhereDue(deps, 'daily');
  await deps.jobs.idle();
  return runs.map(({ vertical, trigger }) => `${vertical} ${trigger}`);
};

describe('training by itself', () => {
  it('begins with a vertical’s first decisions, then comes with time or with drift, and only where there is something new', async () => {
    await decided('TRAVEL', 500, () => 0.25);
    await decided('MEDIA', 5, () => 0.25);
    expect((await due()).toSorted()).toEqual(['MEDIA SCHEDULE', 'TRAVEL SCHEDULE']);
    expect(await due()).toEqual([]);
    clock.advance(13 * HOUR);
    // It still promises what comes.
    await decided('TRAVEL', 500, () => 0.25);
    expect(await due()).toEqual([]);
    await decided('TRAVEL', 2_000, () => 0.6);
    expect(await due()).toEqual(['TRAVEL DRIFT']);
    clock.advance(HOUR);
    await decided('TRAVEL', 10, () => 0.6);
    // A second run an hour later would mend no more.
    expect(await due()).toEqual([]);
    clock.advance(24 * HOUR);
    expect(await due()).toEqual(['TRAVEL SCHEDULE']);
  }, 60_000);

  it('never runs twice at once for a vertical', async () => {
    await decided('EDUCATION', 5, () => 0.25);
    await deps.store.trainingRuns.insertAlone(aTrainingRun(deps.advertiserId, { vertical: 'EDUCATION', createdAt: later(-100 * HOUR, clock.now()) }));
    expect(await due()).toEqual([]);
  });

  it('is looked for from time to time, unless it is off', async () => {
    await decided('OTHER', 5, () => 0.25);
    const runs = async () => (await deps.store.trainingRuns.page(deps.advertiserId, { verticals: ['OTHER'] }, { first: 5, after: null })).edges.length;
    const off = retrainOnSchedule(deps, 'off', 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    off();
    expect(await runs()).toBe(0);
    const stop = retrainOnSchedule(deps, 'weekly', 5);
    while ((await runs()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop();
    await deps.jobs.idle();
    expect(await runs()).toBe(1);
  });
});

describe('drift', () => {
  it('is a model whose promises are surely off, either way, or whose chances have moved', async () => {
    await decided('FINANCE', 300, () => 0.25);
    expect(await driftOf(deps, 'FINANCE')).toBeNull();
    await decided('FINANCE', 2_000, (i) => 0.2 + (i % 10) / 100);
    expect(await driftOf(deps, 'FINANCE')).toMatchObject({ why: null, decisions: 2_000 });
    await decided('FINANCE', 2_000, () => 0.1);
    expect((await driftOf(deps, 'FINANCE'))!.why).toMatch(/^promised over observed is 0\.40 \(0\.\d\d to 0\.\d\d\), surely beyond 0\.8 to 1\.25$/);
    await decided('FINANCE', 2_000, (i) => (i < 1_000 ? 0.2 + (i % 10) / 100 : 0.26 + (i % 10) / 300));
    expect((await driftOf(deps, 'FINANCE'))!.why).toMatch(/^the chances that it gives have moved: stability index \d/);
  });
});
