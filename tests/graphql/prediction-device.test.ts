import { makeCampaign, makeCreatives } from '../support/scenes';
import { openTestApp } from '../support/test-app';
import { wordScorer } from '../support/word-models';

test('a prediction names the device that computed it, not the one that the model was opened on', async () => {
  const scorer = wordScorer();
  let device = 'cuda';
  const losing = {
    ...scorer,
    identity: { ...scorer.identity, device: 'cuda' },
    score: async (...args: Parameters<typeof scorer.score>) => ({ ...(await scorer.score(...args)), device }),
  };
  const t = await openTestApp({ overrides: { scorer: losing } });
  const campaignId = await makeCampaign(t);
  await makeCreatives(t, campaignId, ['First headline', 'Second headline']);
  const devices = async (): Promise<string[]> => {
    const { data } = await t.send('query ($c: ID!) { rankCreatives(campaignId: $c) { predictions { device } } }', { c: campaignId });
    return (data as unknown as { rankCreatives: { predictions: { device: string }[] } }).rankCreatives.predictions.map((prediction) => prediction.device);
  };
  expect(await devices()).toEqual(['cuda', 'cuda']);
  device = 'cpu';
  expect(await devices()).toEqual(['cpu', 'cpu']);
  await t.close();
});
