import { manualClock } from '../../src/base/clock';
import { sweepExpired } from '../../src/jobs/sweep-expired';
import { testDependencies } from '../support/dependencies';
import { NOON } from '../support/entities';
import { aRunningCampaign, decideAmong } from '../support/running-campaign';

test('what decisions hold that nobody saw is free again by itself', async () => {
  const clock = manualClock(NOON);
  const { deps, discard } = await testDependencies({ clock });
  const { campaign } = await aRunningCampaign(deps);
  await decideAmong(deps, [campaign]);
  const held = async () => (await deps.store.spending.standings(deps.advertiserId, [campaign.id], { profileId: null, now: clock.now() })).get(campaign.id)!.heldMicros;
  const stop = sweepExpired(deps, 5);
  expect(await held()).toBe(2_500n);
  clock.advance(3_600_000);
  while ((await held()) > 0n) await new Promise((next) => setTimeout(next, 5));
  stop();
  await discard();
});
