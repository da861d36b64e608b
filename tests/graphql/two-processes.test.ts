/** Two programs on one database: what one does, the other knows at once. */
import { DecideDocument, ExplainDecisionDocument, RecordOutcomesDocument } from '../generated/operations';
import { describeOnServer } from '../store/on-each-database';
import { activate, makeCampaign, makeCreatives, unique } from '../support/scenes';
import { openTestApp, type TestApp } from '../support/test-app';

describeOnServer((url) => {
  let [one, two]: TestApp[] = [];
  beforeAll(async () => {
    one = await openTestApp({ config: { databaseUrl: url() } });
    two = await openTestApp({ config: { databaseUrl: url() } });
  });
  afterAll(async () => {
    await one!.close();
    await two!.close();
  });

  const decideBy = async (t: TestApp, campaign: string) =>
    (await t.run(DecideDocument, { input: { campaigns: [campaign], placements: [{ name: 'home' }], idempotencyKey: unique('key') } })).decide.decisions;

  async function running(stated: Parameters<typeof makeCampaign>[1] = {}): Promise<string> {
    const campaign = await makeCampaign(one!, stated);
    await makeCreatives(one!, campaign, ['One of two', 'Two of two']);
    await activate(one!, campaign);
    return campaign;
  }

  test('a token that one signed is taken by the other, and the next choice of either has learned from it', async () => {
    const campaign = await running();
    const [[first], [second]] = await Promise.all([decideBy(one!, campaign), decideBy(two!, campaign)]);
    const outcomes = [{ token: first!.tokens.click }, { token: second!.tokens.impression }];
    expect((await two!.run(RecordOutcomesDocument, { input: { outcomes } })).recordOutcomes).toMatchObject({ recorded: 2, userErrors: [] });
    for (const t of [one!, two!]) {
      const [decision] = await decideBy(t, campaign);
      const { explainDecision } = await t.run(ExplainDecisionDocument, { id: decision!.id });
      expect(explainDecision.candidates.find(({ creative }) => creative!.headline === first!.creative.headline)!.offset.mean).not.toBe(0);
    }
  });

  test('both together spend a budget to its end and not beyond', async () => {
    const campaign = await running({ costPerThousand: { micros: '1000000000', currency: 'EUR' }, budget: { total: { micros: '5000000', currency: 'EUR' } } });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => decideBy(i % 2 === 0 ? one! : two!, campaign)));
    expect(answers.filter(({ length }) => length === 1)).toHaveLength(5);
  });
});
