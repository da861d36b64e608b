import { recordOutcomes } from '../../../src/modules/delivery/record-outcomes';
import { rowOf, type ModelSays } from '../../../src/modules/learning/gate/policy-value';
import type { Decision } from '../../../src/domain/entities/decision';
import { testDependencies, type TestDependencies } from '../../support/dependencies';
import { aRunningCampaign, decideAmong } from '../../support/running-campaign';
import { wordScorer } from '../../support/word-models';

let t: TestDependencies;
beforeAll(async () => {
  t = await testDependencies({ scorer: wordScorer() });
});
afterAll(() => t.discard());

const HEADLINES = ['mud trail', 'city map', 'coffee bread', 'river night'];

/** A campaign whose money ends soon, with some outcomes behind it: its next decision. */
async function decided(totalMicros: bigint | null): Promise<Decision> {
  const { campaign } = await aRunningCampaign(t.deps, { budget: { totalMicros, dailyMicros: null } }, HEADLINES);
  for (let i = 0; i < 12; i++) {
    const { decisions } = await decideAmong(t.deps, [campaign]);
    const decisionId = decisions[0]!.id;
    await recordOutcomes(t.deps, { outcomes: [{ decisionId, kind: 'IMPRESSION' }, ...(i % 3 === 0 ? [{ decisionId, kind: 'CLICK' as const }] : [])] });
  }
  const { decisions } = await decideAmong(t.deps, [campaign]);
  return (await t.deps.store.decisions.byIds(t.deps.advertiserId, [decisions[0]!.id]))[0]!;
}

/** What the rule would do with the scores that it had. */
const again = (decision: Decision): number[] => {
  const says = decision.candidates.map(({ pClick }): ModelSays => ({ probability: pClick, uncertainty: 1 }));
  return rowOf({ decision, clicked: false, candidate: says, live: says }, says).candidates.map(({ probability }) => probability);
};
const logged = ({ candidates }: Decision): number[] => candidates.map(({ propensity }) => propensity);

test.each([['with no budget', null], ['with money for some sixty impressions', 200_000n]])("the gate's rule gives the logged propensities where nothing changed: a campaign %s", async (_, totalMicros) => {
  const decision = await decided(totalMicros);
  expect(again(decision)).toEqual(logged(decision).map((p) => expect.closeTo(p, 3)));
});

test('it explores no more than delivery did: what may still be learnt is in the log', async () => {
  const decision = await decided(200_000n);
  const endless = { ...decision, candidates: decision.candidates.map(({ toLearnFrom, ...each }) => ({ ...each, kept: toLearnFrom })) };
  const apart = again(endless).map((p, k) => Math.abs(p - logged(decision)[k]!));
  expect(Math.max(...apart)).toBeGreaterThan(0.01);
});
