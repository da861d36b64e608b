export const OUTCOME_KINDS = ['IMPRESSION', 'CLICK', 'CONVERSION'] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** What happened after a creative was shown. Append-only; a replay of the caller's id is ignored. */
export interface Outcome {
  readonly id: string;
  readonly advertiserId: string;
  /** The caller's id of the outcome; unique per advertiser. */
  readonly outcomeId: string;
  readonly campaignId: string;
  readonly creativeId: string;
  readonly profileId: string | null;
  readonly decisionId: string | null;
  readonly kind: OutcomeKind;
  /** How many this row stands for: 1 when observed one by one, more when imported as a sum. */
  readonly count: number;
  /** Of all `count` together, in micros of the campaign's currency. */
  readonly valueMicros: bigint | null;
  readonly occurredAt: Date;
  readonly receivedAt: Date;
}
