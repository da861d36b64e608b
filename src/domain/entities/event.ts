export const EVENT_KINDS = ['VIEW', 'SEARCH', 'CLICK', 'CART', 'PURCHASE', 'ENROL', 'INVEST', 'BOOK', 'RATE'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** One thing a person did, as the caller reported it. Append-only; a replay of the caller's id is ignored. */
export interface BehaviourEvent {
  readonly id: string;
  readonly advertiserId: string;
  readonly profileId: string;
  /** The caller's id of the event; unique per advertiser. */
  readonly eventId: string;
  readonly kind: EventKind;
  readonly itemText: string;
  readonly category: string | null;
  /** Amount of a purchase, stars of a rating; what it means depends on the kind. */
  readonly value: number | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}
