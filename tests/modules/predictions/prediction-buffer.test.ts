import { AdloomError } from '../../../src/base/errors';
import { silentLogger } from '../../../src/base/logger';
import { createBus } from '../../../src/modules/bus';
import { createPredictionBuffer, type BufferOptions } from '../../../src/modules/predictions/prediction-buffer';
import type { Prediction } from '../../../src/domain/entities/prediction';
import type { Store } from '../../../src/store/store';
import { openTestStore } from '../../support/embedded-store';
import { aCampaign, aCreative, aModelVersion, aPrediction } from '../../support/entities';

let opened: Awaited<ReturnType<typeof openTestStore>>;
let store: Store;
let make: () => Prediction;
beforeAll(async () => {
  opened = await openTestStore();
  store = opened.store;
  const advertiserId = store.defaultAdvertiserId;
  const campaign = aCampaign(advertiserId);
  const creative = aCreative(campaign);
  await store.campaigns.insert(campaign);
  await store.creatives.insertMany([creative]);
  const model = await store.modelVersions.register(aModelVersion(advertiserId));
  make = () => aPrediction(creative, model);
});
afterAll(() => opened.discard());

function bufferOver(over: Store, options: Partial<BufferOptions> = {}) {
  const bus = createBus({ store: over, advertiserId: over.defaultAdvertiserId, logger: silentLogger });
  return createPredictionBuffer({ store: over, bus, logger: silentLogger, retryMs: 5, intervalMs: 20, ...options });
}

const kept = async (rows: readonly Prediction[]): Promise<number> =>
  (await store.predictions.byIds(store.defaultAdvertiserId, rows.map((row) => row.id))).length;

/** The real store, whose transactions fail as long as `down` is true. */
function failing(): { store: Store; state: { down: boolean } } {
  const state = { down: true };
  const transaction: Store['transaction'] = (work) =>
    state.down ? Promise.reject(new AdloomError('STORE_UNAVAILABLE', 'The database does not answer.')) : store.transaction(work);
  return { store: Object.assign(Object.create(store) as Store, { transaction }), state };
}

describe('predictions behind a ranking', () => {
  test('are kept by themselves a moment later', async () => {
    const buffer = bufferOver(store);
    const rows = [make(), make()];
    await buffer.add(rows);
    expect(buffer.pending()).toBe(2);
    while (buffer.pending() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await kept(rows)).toBe(2);
  });

  test('survive a store that fails for a while, each exactly once', async () => {
    const { store: flaky, state } = failing();
    const buffer = bufferOver(flaky);
    const rows = Array.from({ length: 30 }, make);
    await buffer.add(rows);
    await buffer.flush();
    expect(buffer.pending()).toBe(30);
    state.down = false;
    while (buffer.pending() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await kept(rows)).toBe(30);
  });

  test('are kept on close, also when the store comes back only then', async () => {
    const { store: flaky, state } = failing();
    const buffer = bufferOver(flaky);
    const rows = [make()];
    await buffer.add(rows);
    setTimeout(() => (state.down = false), 60);
    expect(await buffer.close(2_000)).toBe(0);
    expect(await kept(rows)).toBe(1);
  });

  test('that cannot be kept in time are counted, not waited for without end', async () => {
    const buffer = bufferOver(failing().store);
    await buffer.add([make(), make()]);
    expect(await buffer.close(50)).toBe(2);
  });

  test('make callers wait once the buffer is full, and let them go on when there is room', async () => {
    const { store: flaky, state } = failing();
    const buffer = bufferOver(flaky, { capacity: 10, batch: 5 });
    await buffer.add(Array.from({ length: 10 }, make));
    let through = false;
    const waiting = buffer.add([make()]).then(() => (through = true));
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(through).toBe(false);
    state.down = false;
    await waiting;
    expect(await buffer.close()).toBe(0);
  });

  test('a flush of nothing does not keep later ones from being written', async () => {
    const buffer = bufferOver(store);
    await buffer.flush();
    await buffer.close();
    const again = bufferOver(store);
    await again.add([make()]);
    await again.flush();
    await again.flush();
    const rows = [make()];
    await again.add(rows);
    while (again.pending() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await kept(rows)).toBe(1);
  });

  test('of a creative that is gone are dropped, and hold up nobody', async () => {
    const buffer = bufferOver(store);
    const rows = [{ ...make(), creativeId: '01890000-0000-7000-8000-000000000000' }, make()];
    await buffer.add(rows);
    expect(await buffer.close()).toBe(0);
    expect(await kept(rows)).toBe(1);
  });

  test('that no column can hold are given up by name, and hold up nobody', async () => {
    const told: unknown[] = [];
    const bus = createBus({ store, advertiserId: store.defaultAdvertiserId, logger: silentLogger });
    const buffer = createPredictionBuffer({ store, bus, retryMs: 5, logger: { ...silentLogger, error: (message, fields) => told.push([message, fields?.['id']]) } });
    const rows = [make(), { ...make(), expectedValueMicros: 2n ** 64n }, make(), make()];
    await buffer.add(rows);
    await buffer.flush();
    expect(buffer.pending()).toBe(0);
    expect(await kept(rows)).toBe(3);
    expect(told).toEqual([['a prediction cannot be kept', rows[1]!.id]]);
    await buffer.close();
  });
});
