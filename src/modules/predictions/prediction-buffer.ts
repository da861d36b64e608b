import { type ErrorCode, isAdloomError, messageOf } from '../../base/errors';
import type { Logger } from '../../base/logger';
import type { Prediction } from '../../domain/entities/prediction';
import type { Store } from '../../store/store';
import type { Bus, Message } from '../bus';

/** Predictions on their way to the store: a ranking answers at once, and what it computed is kept behind it. */
export interface PredictionBuffer {
  /** Resolves at once, or when there is room again. */
  add(predictions: readonly Prediction[]): Promise<void>;
  /** Tries to empty the buffer now; resolves also where the store refused (the rows stay, and are tried again). */
  flush(): Promise<void>;
  /** Rows not yet kept. */
  pending(): number;
  /** Flushes, trying again until `graceMs` have passed; returns the number of rows that could not be kept. */
  close(graceMs?: number): Promise<number>;
}

export interface BufferOptions {
  readonly store: Store;
  readonly bus: Bus;
  readonly logger: Logger;
  /** How long a row waits for company. */
  readonly intervalMs?: number;
  /** Rows in one statement. */
  readonly batch?: number;
  /** Rows in memory before `add` waits. */
  readonly capacity?: number;
  /** First wait after a failure; doubles up to thirty times of it. */
  readonly retryMs?: number;
}

/** Verdicts on the rows, not on the moment: trying again ends the same. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(['BAD_INPUT', 'NOT_FOUND']);

export function createPredictionBuffer(options: BufferOptions): PredictionBuffer {
  const { store, bus, logger, intervalMs = 200, batch = 1_000, capacity = 20_000, retryMs = 100 } = options;
  const waiting: Prediction[] = [];
  let running: Promise<boolean> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;
  const room: (() => void)[] = [];

  const schedule = (delay: number): void => {
    if (timer !== null || waiting.length === 0) return;
    timer = setTimeout(() => {
      timer = null;
      void drain();
    }, delay);
    timer.unref();
  };

  /** Writes until nothing waits or the store refuses; true when empty. One at a time. */
  const drain = (): Promise<boolean> => {
    // Without this a drain of nothing would end before `running` is assigned, and stay there for good.
    if (waiting.length === 0 && running === null) return Promise.resolve(true);
    running ??= (async () => {
      try {
        while (waiting.length > 0) {
          const rows = waiting.slice(0, batch);
          await writeOrPart(rows);
          waiting.splice(0, rows.length);
          failures = 0;
          if (waiting.length < capacity) for (const go of room.splice(0)) go();
        }
        return true;
      } catch (error) {
        failures += 1;
        logger.warn('predictions could not be kept yet', { rows: waiting.length, failures, error: messageOf(error) });
        return false;
      } finally {
        running = null;
        schedule(failures === 0 ? intervalMs : Math.min(retryMs * 2 ** (failures - 1), retryMs * 30));
      }
    })();
    return running;
  };

  /** What the store can never keep is found by halves and given up: it must not hold back all that comes after it. */
  const writeOrPart = async (rows: readonly Prediction[]): Promise<void> => {
    try {
      await write(rows);
    } catch (error) {
      if (!isAdloomError(error) || !REFUSED.has(error.code)) throw error;
      if (rows.length === 1) return logger.error('a prediction cannot be kept', { id: rows[0]!.id, creativeId: rows[0]!.creativeId, error: messageOf(error) });
      const half = Math.ceil(rows.length / 2);
      await writeOrPart(rows.slice(0, half));
      await writeOrPart(rows.slice(half));
    }
  };

  const write = async (rows: readonly Prediction[]): Promise<void> => {
    await store.transaction(async (tx) => {
      // A prediction whose profile was erased meanwhile is not stored, and nobody is told of it.
      const stored = new Set(await tx.predictions.append(rows));
      await bus.record(tx, 'predictionMade', ...rows.filter((row) => stored.has(row.id)).map(predictionMade));
    });
    bus.wake('predictionMade');
  };

  return {
    async add(predictions) {
      while (waiting.length >= capacity) {
        await new Promise<void>((resolve) => {
          room.push(resolve);
          schedule(0);
        });
      }
      waiting.push(...predictions);
      schedule(intervalMs);
    },
    async flush() {
      if (running) await running;
      if (waiting.length > 0) await drain();
    },
    pending: () => waiting.length,
    async close(graceMs = 10_000) {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      const deadline = performance.now() + graceMs;
      for (;;) {
        if (running) await running;
        if (waiting.length === 0 || (await drain())) break;
        if (performance.now() >= deadline) break;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
      if (timer !== null) clearTimeout(timer);
      if (waiting.length > 0) logger.error('predictions were lost at shutdown', { rows: waiting.length });
      return waiting.length;
    },
  };
}

function predictionMade(prediction: Prediction): Message {
  return {
    key: prediction.campaignId,
    payload: {
      predictionId: prediction.id,
      campaignId: prediction.campaignId,
      creativeId: prediction.creativeId,
      profileId: prediction.profileId,
      rankingId: prediction.rankingId,
    },
  };
}
