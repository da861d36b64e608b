import { badInput, type AdloomError } from '../../base/errors';

/** Cursors of subscriptions, opaque like all cursors. */
export function toFeedCursor(cursor: bigint): string {
  return Buffer.from(`feed:${cursor}`, 'utf8').toString('base64url');
}

export function fromFeedCursor(after: string | null | undefined): bigint | undefined {
  if (after == null) return undefined;
  const match = after.length < 100 ? /^feed:(\d{1,18})$/.exec(Buffer.from(after, 'base64url').toString('utf8')) : null;
  if (!match) throw badInput('after', 'after is no cursor of a subscription.', 'Use the cursor of an event that this subscription sent.');
  return BigInt(match[1]!);
}

/** One that no event of this database had: following it would miss all that is told until then. */
export function foreignCursor(): AdloomError {
  return badInput('after', 'after lies ahead of every event: it is of another database, or of this one before it was set back.', 'Read afresh what you follow, and subscribe without after.');
}
