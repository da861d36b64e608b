import { singleTermRows } from '../../../src/ml/lora/terms';
import { promoteModel } from '../../../src/modules/models/promote-model';
import { explainPrediction } from '../../../src/modules/predictions/explain-prediction';
import { scoreCreatives } from '../../../src/modules/predictions/score-creatives';
import type { ScoreAttribution } from '../../../src/domain/entities/prediction';
import { aCampaign, aCreative } from '../../support/entities';
import { openSmallClassifier, type SmallClassifier } from '../../support/small-classifier';
import { anAdapterVersion, folders } from '../models/served-adapters';

let opened: SmallClassifier;
beforeAll(async () => {
  opened = await openSmallClassifier();
});
afterAll(async () => {
  await opened.discard();
  folders.remove();
});

test('a prediction is explained by the model that made it: after a promotion by what the vertical learnt, and a prediction of before by saying that the model is another', async () => {
  const { deps } = opened;
  const campaign = aCampaign(deps.advertiserId, { vertical: 'ECOMMERCE' });
  const creative = aCreative(campaign, { headline: 'Mud is free', body: null });
  const predict = async () => (await scoreCreatives(deps, { campaign, profile: null, creatives: [creative] }))[0]!;
  const explain = (prediction: Awaited<ReturnType<typeof predict>>): Promise<ScoreAttribution> => explainPrediction(deps, { prediction, creative, campaign, profile: null });

  const before = await predict();
  expect(await explain(before)).toMatchObject({ changedSince: [], breakdown: { learnt: 0 } });

  const rows = Int32Array.from(singleTermRows('free'));
  const version = await anAdapterVersion(deps, 1, { words: { rows, weights: Float32Array.of(40) } });
  await promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason: 'a test' });
  const after = await predict();
  expect(after.modelVersionId).toBe(version.id);
  const { probability, attributions, breakdown, changedSince } = await explain(after);
  expect(changedSince).toEqual([]);
  expect(probability).toBeCloseTo(after.pClick, 4);
  expect(after.pClick).toBeGreaterThan(before.pClick);
  expect(breakdown.learnt).toBeGreaterThan(0.5);
  expect(attributions[0]).toMatchObject({ part: 'CREATIVE', text: 'free' });
  expect(await explain(before)).toMatchObject({ changedSince: ['MODEL'] });
});
