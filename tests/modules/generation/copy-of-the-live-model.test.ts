import { singleTermRows, termFeatures } from '../../../src/ml/lora/terms';
import { generateCreatives } from '../../../src/modules/generation/generate-creatives';
import { promoteModel } from '../../../src/modules/models/promote-model';
import { aCampaign } from '../../support/entities';
import { openSmallClassifier, type SmallClassifier } from '../../support/small-classifier';
import { corpusGenerator } from '../../support/stand-in-models';
import { anAdapterVersion, folders } from '../models/served-adapters';

let opened: SmallClassifier;
beforeAll(async () => {
  opened = await openSmallClassifier({ generator: corpusGenerator() });
});
afterAll(async () => {
  await opened.discard();
  folders.remove();
});

const WORD = 'the';

/** Of creatives written for a new campaign, always of the same seed, those whose headline has the word. */
async function withTheWord(vertical: 'ECOMMERCE' | 'TRAVEL'): Promise<number> {
  const { deps } = opened;
  const campaign = aCampaign(deps.advertiserId, { vertical });
  await deps.store.campaigns.insert(campaign);
  const job = await generateCreatives(deps, { campaignId: campaign.id, count: 4, seed: 3, withBody: false, withCallToAction: false });
  await deps.jobs.idle();
  const [done] = await deps.store.generationJobs.byIds(deps.advertiserId, [job!.id]);
  const creatives = await deps.store.creatives.byIds(deps.advertiserId, done!.createdCreativeIds);
  expect(creatives).toHaveLength(4);
  return creatives.filter(({ headline }) => new RegExp(`\\b${WORD}\\b`, 'i').test(headline)).length;
}

it('copy is chosen by what the live classifier of its vertical learnt, and by the base elsewhere', async () => {
  const { deps } = opened;
  const before = { shop: await withTheWord('ECOMMERCE'), travel: await withTheWord('TRAVEL') };
  const rows = Int32Array.from(singleTermRows(WORD));
  const version = await anAdapterVersion(deps, 1, { words: { rows, weights: new Float32Array(rows.length).fill(400 / termFeatures(WORD).weights[0]!) } });
  await promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason: 'a test' });
  expect(await withTheWord('ECOMMERCE')).toBeGreaterThan(before.shop + 1);
  expect(await withTheWord('TRAVEL')).toBe(before.travel);
});
