/** A value that JSON can carry. Amounts travel as strings, times as ISO 8601. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** One published result. Subscribers resume from its cursor: within a topic later items have larger cursors. */
export interface FeedItem {
  readonly cursor: bigint;
  readonly advertiserId: string;
  readonly topic: string;
  /** What the item is about, e.g. a campaign's id; subscribers filter by it. */
  readonly key: string;
  readonly payload: JsonValue;
  readonly createdAt: Date;
}
