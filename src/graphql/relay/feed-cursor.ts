import { badInput } from '../../base/errors';

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
