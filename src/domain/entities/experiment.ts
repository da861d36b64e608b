export const EXPERIMENT_STATUSES = ['RUNNING', 'ENDED'] as const;
export type ExperimentStatus = (typeof EXPERIMENT_STATUSES)[number];

/** The policies that an arm may choose by. */
export const ARM_POLICIES = ['THOMPSON', 'UCB', 'GREEDY', 'MODEL_ONLY', 'UNIFORM'] as const;
export type ArmPolicy = (typeof ARM_POLICIES)[number];

/** One way of choosing, and how many people get it. */
export interface ExperimentArm {
  readonly name: string;
  /** Relative to the other arms'. */
  readonly weight: number;
  /** How this arm chooses. */
  readonly policy: ArmPolicy;
  /** The classifier that scores for this arm; null is the one that is live. */
  readonly classifierVersionId: string | null;
  /** The writer whose copy this arm shows, beside copy by people; null shows all copy. */
  readonly writerVersionId: string | null;
}

/** People dealt over arms by hash, and what is asked of the log afterwards. */
export interface Experiment {
  readonly id: string;
  readonly advertiserId: string;
  readonly name: string;
  readonly status: ExperimentStatus;
  /** Null is every placement. */
  readonly placement: string | null;
  /** Empty is every campaign. */
  readonly campaignIds: readonly string[];
  /** The first is the control. */
  readonly arms: readonly ExperimentArm[];
  /** Share of people whom nothing is chosen for by a model, 0 to below 1. */
  readonly holdout: number;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a decision's `experimentArm` says of a person in the holdout. */
export const HOLDOUT_ARM = 'holdout';
