import { AdloomError, messageOf } from '../base/errors';
import type { Logger } from '../base/logger';
import type { FeedItem, JsonValue } from '../domain/entities/feed-item';
import type { Store } from '../store/store';

/** What subscribers can hear. A topic's name is the GraphQL subscription's. */
export const TOPICS = ['creativeChanged', 'predictionMade', 'generationProgress', 'outcomeRecorded', 'modelChanged', 'trainingProgress'] as const;
export type Topic = (typeof TOPICS)[number];

export interface Message {
  /** What it is about, for filters: a campaign's id. */
  readonly key: string;
  /** Ids and small facts only: subscribers read the rest from the store, so that nothing personal lies in the feed. */
  readonly payload: JsonValue;
}

export interface Listening {
  readonly advertiserId: string;
  /** Cursor of the last item that was seen; `first` begins with the first that is kept; absent, from now on. */
  readonly after?: bigint | 'first';
  /** Only items about these; absent, all. */
  readonly keys?: readonly string[];
  /** Called where items after the cursor are no longer kept, before it goes on from there with those that are; absent, that ends in an error. */
  readonly onGap?: (forgotten: bigint) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Publishes results: first kept in the store's feed, then told to whoever listens. A subscriber resumes from any cursor while what follows it is kept. */
export interface Bus {
  /** For results that stand by themselves: `record`, then `wake`. */
  publish(topic: Topic, ...messages: readonly Message[]): Promise<void>;
  /** Inside a transaction, beside the change it tells of: both are kept or neither is. Call `wake` after the commit. */
  record(tx: Pick<Store, 'feed'>, topic: Topic, ...messages: readonly Message[]): Promise<void>;
  wake(topic: Topic): void;
  /** Oldest first, without gaps or repeats, until `signal` aborts. @throws CURSOR_EXPIRED where some of it is no longer kept */
  subscribe(topic: Topic, options: Listening): AsyncGenerator<FeedItem>;
  /** Whether a cursor can be of this feed: one that lies ahead of all that was ever told is of another, such as that of a database before a backup was restored. */
  told(cursor: bigint): Promise<boolean>;
  /** @throws CURSOR_EXPIRED where items of the topic after the cursor are no longer kept */
  requireKept(topic: Topic, cursor: bigint, advertiserId: string): Promise<void>;
  /** Subscribers of all topics that have begun to listen and wait for news. */
  waiting(): number;
  close(): void;
}

/** How many missed items are read at once; also bounds what one slow subscriber holds in memory. */
const PAGE = 200;

/**
 * A subscriber never holds a queue of its own: a publish only wakes it, and it reads the feed onwards from its cursor.
 * So a slow subscriber costs no memory, and resuming and following live are one code path.
 * `pollMs` also wakes it without a publish: another process may have written to the same feed.
 */
export function createBus(options: { store: Pick<Store, 'feed'>; advertiserId: string; logger: Logger; pollMs?: number }): Bus {
  const { store, advertiserId, logger, pollMs = 1_000 } = options;
  const sleepers = new Map<Topic, Set<() => void>>(TOPICS.map((topic) => [topic, new Set()]));
  const closing = new AbortController();

  const wake = (topic: Topic): void => {
    for (const rouse of sleepers.get(topic)!) rouse();
  };

  const record: Bus['record'] = async (tx, topic, ...messages) => {
    if (messages.length > 0) await tx.feed.append(messages.map((message) => ({ advertiserId, topic, ...message })));
  };

  const requireKept: Bus['requireKept'] = async (topic, cursor, listener) => {
    if (cursor < (await store.feed.forgotten(listener, topic))) throw cursorExpired();
  };

  return {
    record,
    wake,
    requireKept,
    async publish(topic, ...messages) {
      await record(store, topic, ...messages);
      wake(topic);
    },

    async *subscribe(topic, { after, advertiserId: listener, keys, onGap, signal }) {
      const stop = AbortSignal.any([signal, closing.signal]);
      let cursor = after === 'first' ? await store.feed.forgotten(listener, topic) : (after ?? (await store.feed.latestCursor(listener, topic)));
      while (!stop.aborted) {
        // Listening starts before reading: a publish between the two is not slept through.
        const nudge = nextNudge(sleepers.get(topic)!, stop, pollMs);
        let items: FeedItem[] = [];
        let passed = cursor;
        let forgotten = 0n;
        try {
          const latest = await store.feed.latestCursor(listener, topic);
          const found = latest > cursor ? await store.feed.after(listener, topic, cursor, PAGE, keys) : [];
          // Asked after the reading: what was gone by then is noted by now.
          if (latest > cursor) forgotten = await store.feed.forgotten(listener, topic);
          if (forgotten <= cursor) [items, passed] = [found, latest];
          else if (onGap) {
            await onGap(forgotten);
            passed = forgotten;
          }
        } catch (error) {
          // The store may be away for a moment; what was missed is read when it is back.
          logger.warn('a subscription could not read the feed', { topic, error: messageOf(error) });
        }
        if (forgotten > cursor && !onGap) {
          nudge.cancel();
          throw cursorExpired();
        }
        for (const item of items) {
          if (stop.aborted) break;
          cursor = item.cursor;
          yield item;
        }
        if (items.length === PAGE) {
          nudge.cancel();
          continue;
        }
        // What is of other keys is passed over once: a subscriber of few among many would read ever more of it at every look.
        if (passed > cursor) cursor = passed;
        await nudge.promise;
      }
    },

    told: async (cursor) => cursor <= (await store.feed.lastGiven()),

    waiting: () => [...sleepers.values()].reduce((sum, { size }) => sum + size, 0),

    close() {
      closing.abort();
    },
  };
}

/** A gap is never passed over in silence. */
function cursorExpired(): AdloomError {
  return new AdloomError('CURSOR_EXPIRED', 'Events that came after the cursor are no longer kept.', {
    field: 'after',
    hint: 'Read afresh what you follow, and subscribe without after; ADLOOM_FEED_DAYS says for how many days events are kept.',
  });
}

function nextNudge(sleepers: Set<() => void>, stop: AbortSignal, pollMs: number): { promise: Promise<void>; cancel(): void } {
  let rouse!: () => void;
  const promise = new Promise<void>((resolve) => {
    const timer = setTimeout(() => rouse(), pollMs);
    timer.unref();
    rouse = () => {
      clearTimeout(timer);
      sleepers.delete(rouse);
      stop.removeEventListener('abort', rouse);
      resolve();
    };
    sleepers.add(rouse);
    stop.addEventListener('abort', rouse, { once: true });
    if (stop.aborted) rouse();
  });
  return { promise, cancel: () => rouse() };
}
