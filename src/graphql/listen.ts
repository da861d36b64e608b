import type { FeedItem } from '../domain/entities/feed-item';
import type { Listening, Topic } from '../modules/bus';
import type { GraphContext } from './context';
import { foreignCursor, fromFeedCursor } from './relay/feed-cursor';

/** What a subscription's resolver is given for each event. */
export type Heard<Payload> = { readonly cursor: bigint; readonly payload: Payload };

/**
 * Follows a topic for one subscriber from where it left off, or, `whole`, from the first event that is kept where it says nothing. `wanted` keeps only the events it asked for.
 * A cursor of another database, or older than what is kept, is refused: something would be missed. Ends when the client goes away: the iterator's `return` and the operation's signal both stop it.
 */
export async function listen<Payload>(
  context: GraphContext,
  topic: Topic,
  options: { after?: string | null; whole?: boolean; keys?: readonly string[]; wanted?: (payload: Payload) => boolean },
): Promise<AsyncIterableIterator<Heard<Payload>>> {
  const { bus, advertiserId } = context.deps;
  const stop = new AbortController();
  const after = fromFeedCursor(options.after);
  if (after !== undefined) {
    if (!(await bus.told(after))) throw foreignCursor();
    await bus.requireKept(topic, after, advertiserId);
  }
  const listening: Listening = {
    advertiserId,
    ...opt('after', after ?? (options.whole ? 'first' as const : undefined)),
    ...opt('keys', options.keys),
    signal: AbortSignal.any([context.signal, stop.signal]),
  };
  const items = bus.subscribe(topic, listening);
  const heard: AsyncIterableIterator<Heard<Payload>> = {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      for (;;) {
        const { done, value } = await items.next();
        if (done) return { done: true, value: undefined };
        const item: FeedItem = value;
        const payload = item.payload as Payload;
        if (options.wanted && !options.wanted(payload)) continue;
        // Each event reads afresh: rows may have changed since the last one.
        context.refresh();
        return { done: false, value: { cursor: item.cursor, payload } };
      }
    },
    async return() {
      stop.abort();
      await items.return(undefined);
      return { done: true, value: undefined };
    },
  };
  return heard;
}

function opt<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value };
}
