import { AdloomError } from '../../base/errors';
import type { Bus, Topic } from '../bus';
import type { Store } from '../../store/store';

/** Creatives that changed, as the feed tells of them, each once however often it changed. */
export interface ChangedCreatives {
  /** Takes what has gathered, at most `limit`. */
  take(limit: number): string[];
  /** Resolves when everything that was committed before the call has been heard; @throws CANCELLED when the signal aborts */
  heard(signal: AbortSignal): Promise<void>;
}

const TOPICS: readonly Topic[] = ['creativeChanged', 'outcomeRecorded'];

/**
 * Begins to listen: changes after this call are heard, also those of other processes.
 * @param onChange called when something has gathered
 */
export async function followCreatives(
  { store, bus, advertiserId }: { store: Pick<Store, 'feed' | 'creatives'>; bus: Bus; advertiserId: string },
  signal: AbortSignal,
  onChange: () => void,
): Promise<ChangedCreatives> {
  const gathered = new Set<string>();
  const cursors = new Map<Topic, bigint>();
  const waiting = new Set<() => void>();
  const hear = (topic: Topic, cursor: bigint, creativeIds: readonly string[]): void => {
    for (const id of creativeIds) gathered.add(id);
    cursors.set(topic, cursor);
    onChange();
    for (const wake of waiting) wake();
  };
  const listen = async (topic: Topic, after: bigint): Promise<void> => {
    // Where some of the feed was missed any creative may have changed.
    const onGap = async (forgotten: bigint): Promise<void> => hear(topic, forgotten, await store.creatives.ids(advertiserId));
    for await (const { cursor, payload } of bus.subscribe(topic, { advertiserId, after, onGap, signal })) {
      hear(topic, cursor, [(payload as { creativeId: string }).creativeId]);
    }
  };
  for (const topic of TOPICS) cursors.set(topic, await store.feed.latestCursor(advertiserId, topic));
  for (const topic of TOPICS) void listen(topic, cursors.get(topic)!);

  return {
    take(limit) {
      const taken: string[] = [];
      for (const id of gathered) {
        if (taken.length === limit) break;
        taken.push(id);
        gathered.delete(id);
      }
      return taken;
    },
    async heard(until) {
      const latest = await Promise.all(TOPICS.map(async (topic) => [topic, await store.feed.latestCursor(advertiserId, topic)] as const));
      const behind = (): boolean => latest.some(([topic, cursor]) => cursors.get(topic)! < cursor);
      // Another process may have written: its news is read now rather than at the next look at the feed.
      for (const [topic, cursor] of latest) if (cursors.get(topic)! < cursor) bus.wake(topic);
      while (behind()) {
        if (until.aborted) throw new AdloomError('CANCELLED', 'The caller no longer waits for the index of creatives.');
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            until.removeEventListener('abort', wake);
            resolve();
          };
          waiting.add(wake);
          until.addEventListener('abort', wake, { once: true });
        });
      }
    },
  };
}
