/** One candidate of a decision, with what the policy knew of it. */
export interface DecisionCandidate {
  readonly creativeId: string;
  readonly pClick: number;
  readonly expectedValueMicros: bigint;
  readonly propensity: number;
}

/** Which creative a policy chose for a person in a placement, and how likely that choice was. Append-only. */
export interface Decision {
  readonly id: string;
  readonly advertiserId: string;
  readonly campaignId: string;
  readonly creativeId: string;
  readonly profileId: string | null;
  readonly placement: string;
  readonly policy: string;
  /** Probability with which the policy chose what it chose, in (0, 1]. */
  readonly propensity: number;
  readonly experimentArm: string | null;
  readonly candidates: readonly DecisionCandidate[];
  readonly createdAt: Date;
}
