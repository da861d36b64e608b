import { manualClock } from '../../../src/base/clock';
import type { Creative } from '../../../src/domain/entities/creative';
import type { ModelVersion } from '../../../src/domain/entities/model-version';
import { recordOutcomes } from '../../../src/modules/delivery/record-outcomes';
import { promoteModel } from '../../../src/modules/models/promote-model';
import { rollbackModel } from '../../../src/modules/models/rollback-model';
import { creativeText } from '../../../src/modules/predictions/score-creatives';
import { aCampaign, aCreative, aDecision, later, NOON } from '../../support/entities';
import { openSmallClassifier, type SmallClassifier } from '../../support/small-classifier';
import { anAdapterVersion, folders } from './served-adapters';

const clock = manualClock(later(3_600_000, NOON));
let opened: SmallClassifier;
let scorer: SmallClassifier['scorer'];
let deps: SmallClassifier['deps'];
let base: string;
let version: ModelVersion;
let often: Creative;
let once: Creative;
let never: Creative;
let elsewhere: Creative;
beforeAll(async () => {
  opened = await openSmallClassifier({ clock });
  ({ scorer, deps } = opened);
  base = deps.modelVersionIds.classifier!;
  const [campaign, other] = [aCampaign(deps.advertiserId, { status: 'ACTIVE' }), aCampaign(deps.advertiserId, { vertical: 'TRAVEL' })];
  for (const each of [campaign, other]) await deps.store.campaigns.insert(each);
  [often, once, never] = ['Mud is part of the plan', 'Leave the road', 'Rooftops'].map((headline) => aCreative(campaign, { headline })) as [Creative, Creative, Creative];
  elsewhere = aCreative(other);
  await deps.store.creatives.insertMany([often, once, never, elsewhere]);
  const decided = (creative: Creative, i: number) => aDecision(creative, { modelVersionId: base, pClick: 0.05 + i / 100, createdAt: later(i * 1_000), impressionAt: later(i * 1_000), expiresAt: later(9e6) });
  await deps.store.decisions.append([...[0, 1, 2, 3, 4].map((i) => decided(often, i)), decided(once, 0)]);
  const sum = (creative: Creative, impressions: number, clicks: number, expectedClicks: number) => ({ creativeId: creative.id, modelVersionId: base, impressions, clicks, expectedClicks });
  await deps.store.creativeEvidence.add(deps.advertiserId, [sum(often, 100, 30, 20), sum(once, 50, 5, 10), sum(never, 10, 1, 2), sum(elsewhere, 7, 1, 1)], clock.now());
  version = await anAdapterVersion(deps, 8);
}, 60_000);
afterAll(async () => {
  await opened.discard();
  folders.remove();
});

const evidence = async (creative: Creative, modelVersionId: string) => (await deps.store.creativeEvidence.of(deps.advertiserId, [{ creativeId: creative.id, modelVersionId }]))[0];

it('what people did goes along with a promotion, and what the model expected of them is the new one’s', async () => {
  await promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason: 'better' });
  const [pOften, pOnce] = (await scorer.scoreMany([often, once].map((creative) => ({ prefix: '', text: creativeText(creative), adapter: version.adapter! })))).map(({ probability }) => probability);
  // Five decisions of the one, at 0.05 to 0.09; one of the other, too few for a ratio of its own.
  const [own, pooled] = [(5 * pOften!) / 0.35, (5 * pOften! + pOnce!) / 0.4];
  expect(await evidence(often, version.id)).toMatchObject({ impressions: 100, clicks: 30, expectedClicks: expect.closeTo(Math.min(20 * own, 100), 5) });
  expect(await evidence(once, version.id)).toMatchObject({ impressions: 50, clicks: 5, expectedClicks: expect.closeTo(Math.min(10 * pooled, 50), 5) });
  expect(await evidence(never, version.id)).toMatchObject({ impressions: 10, clicks: 1, expectedClicks: expect.closeTo(Math.min(2 * pooled, 10), 5) });
  expect(await evidence(elsewhere, version.id)).toBeUndefined();
  expect(await evidence(often, base)).toMatchObject({ impressions: 100, expectedClicks: 20 });
}, 30_000);

it('a click on what the model before decided counts for the one that answers now, too', async () => {
  const late = aDecision(never, { modelVersionId: base, pClick: 0.25, createdAt: clock.now(), expiresAt: later(9e6) });
  await deps.store.decisions.append([late]);
  const before = (await evidence(never, version.id))!;
  await recordOutcomes(deps, { outcomes: [{ decisionId: late.id, kind: 'CLICK' }] });
  expect(await evidence(never, version.id)).toEqual({ ...before, impressions: 11, clicks: 2, expectedClicks: expect.closeTo(before.expectedClicks + 0.25, 9) });
  expect(await evidence(never, base)).toMatchObject({ impressions: 11, clicks: 2 });
});

it('and comes back with a rollback, with all that came meanwhile', async () => {
  await deps.store.creativeEvidence.add(deps.advertiserId, [{ creativeId: often.id, modelVersionId: version.id, impressions: 20, clicks: 4, expectedClicks: 3 }], clock.now());
  await rollbackModel(deps, { kind: 'CLASSIFIER', vertical: 'ECOMMERCE' });
  expect(await evidence(often, base)).toMatchObject({ impressions: 120, clicks: 34 });
}, 30_000);
