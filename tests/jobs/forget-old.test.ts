import { manualClock } from '../../src/base/clock';
import { forgetOldAlways } from '../../src/jobs/forget-old';
import { forgetOld } from '../../src/modules/forget-old';
import { testDependencies, type TestDependencies } from '../support/dependencies';
import { NOON } from '../support/entities';

const DAY = 86_400_000;

let clock: ReturnType<typeof manualClock>;
let opened: TestDependencies;
beforeEach(async () => {
  clock = manualClock(NOON);
  // The store stamps rows by a clock of its own; what is old here is what the real time says is old.
  opened = await testDependencies({ clock: { now: () => new Date(Date.now() + clock.elapsed()), elapsed: clock.elapsed } });
});
afterEach(() => opened.discard());

const fill = async (count: number) => {
  const { bus, store, advertiserId } = opened.deps;
  await bus.publish('creativeChanged', ...Array.from({ length: count }, (_, n) => ({ key: 'k', payload: { n } })));
  await store.idempotency.claim(advertiserId, 'createCampaign', 'k', 'hash');
};
const events = async () => (await opened.deps.store.feed.after(opened.deps.advertiserId, 'creativeChanged', 0n, 5_000)).length;
const key = () => opened.deps.store.idempotency.find(opened.deps.advertiserId, 'createCampaign', 'k');

test('events and idempotency keys are kept for as many days as each is to be, and no longer', async () => {
  await fill(2_500);
  clock.advance(3 * DAY - 60_000);
  expect(await forgetOld(opened.deps, { feedDays: 3, retryDays: 5 })).toEqual({ events: 0, keys: 0 });
  clock.advance(120_000);
  expect(await forgetOld(opened.deps, { feedDays: 3, retryDays: 5 })).toEqual({ events: 2_500, keys: 0 });
  expect(await key()).not.toBeNull();
  clock.advance(2 * DAY);
  expect(await forgetOld(opened.deps, { feedDays: 3, retryDays: 5 })).toEqual({ events: 0, keys: 1 });
  expect([await events(), await key()]).toEqual([0, null]);
});

test('a shutdown ends it between two steps', async () => {
  await fill(10);
  clock.advance(8 * DAY);
  expect(await forgetOld(opened.deps, { feedDays: 7, retryDays: 7 }, AbortSignal.abort())).toEqual({ events: 0, keys: 0 });
  expect(await events()).toBe(10);
});

test('it happens by itself, at a start and from time to time', async () => {
  await fill(10);
  clock.advance(8 * DAY);
  const stop = forgetOldAlways(opened.deps, { feedDays: 7, retryDays: 7 }, 5);
  await opened.deps.jobs.idle();
  expect(await events()).toBe(0);
  await fill(3);
  clock.advance(8 * DAY);
  while ((await events()) > 0) await new Promise((next) => setTimeout(next, 5));
  stop();
});
