import type { Vertical } from './campaign';

/** One candidate of a decision, with what the policy knew of it. */
export interface DecisionCandidate {
  readonly creativeId: string;
  readonly campaignId: string;
  /** The model's calibrated chance of a click, before evidence. */
  readonly pClick: number;
  /** Posterior of the creative's offset on the log-odds: what outcomes said beside the model. */
  readonly offset: { readonly mean: number; readonly deviation: number };
  /** Impressions to come that it was expected to be learnt from: what may still be explored. Absent where that was not kept. */
  readonly toLearnFrom?: number;
  readonly expectedValueMicros: bigint;
  readonly propensity: number;
  /** The same chance by the model in SHADOW, where there is one. */
  readonly shadowPClick?: number;
}

/** Why a campaign had no candidate in a request. */
export type PassOverReason = 'NOT_ACTIVE' | 'NOT_IN_FLIGHT' | 'AUDIENCE' | 'OTHER_CURRENCY' | 'CAPPED' | 'BUDGET_SPENT' | 'PACED' | 'NO_CREATIVE';

export interface PassedOver {
  readonly campaignId: string;
  readonly reason: PassOverReason;
}

/** Which creative a policy chose for a person in a placement, and how likely that choice was. */
export interface Decision {
  readonly id: string;
  readonly advertiserId: string;
  /** The decisions of one call share it. */
  readonly requestId: string;
  readonly campaignId: string;
  readonly creativeId: string;
  readonly profileId: string | null;
  readonly placement: string;
  /** Which of the placement's winners, 0 first. */
  readonly slot: number;
  readonly vertical: Vertical;
  /** Of the person at that time; empty where they did not agree to measurement. */
  readonly segments: readonly string[];
  /** Whether anything of the person reached the model. */
  readonly personalised: boolean;
  readonly policy: string;
  /** Probability with which the policy chose what it chose, given the winners before it, in (0, 1]. */
  readonly propensity: number;
  /** The model's chance of a click for what was chosen, before evidence. */
  readonly pClick: number;
  /** Null where no model scored. */
  readonly modelVersionId: string | null;
  /** Where it ran: cpu, webgpu or cuda; null where no model scored, and of decisions from before this was kept. */
  readonly device: string | null;
  readonly shadowModelVersionId: string | null;
  readonly experimentId: string | null;
  readonly experimentArm: string | null;
  readonly candidates: readonly DecisionCandidate[];
  /** Campaigns of the request that had no candidate. */
  readonly passedOver: readonly PassedOver[];
  readonly currency: string;
  /** What its impression costs, and how much of the budget is still held for it. */
  readonly costMicros: bigint;
  readonly reservedMicros: bigint;
  /** What was charged for it so far, impression and click together: at the prices of the time, and no more than the budgets had left. */
  readonly chargedMicros: bigint;
  /** After this an impression of it counts no more. */
  readonly expiresAt: Date;
  readonly impressionAt: Date | null;
  readonly clickAt: Date | null;
  readonly createdAt: Date;
}
