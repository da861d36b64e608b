export const CREATIVE_ORIGINS = ['HUMAN', 'GENERATED', 'IMPORTED'] as const;
export type CreativeOrigin = (typeof CREATIVE_ORIGINS)[number];

export const CREATIVE_STATUSES = ['DRAFT', 'IN_REVIEW', 'APPROVED', 'PAUSED', 'REJECTED', 'ARCHIVED'] as const;
export type CreativeStatus = (typeof CREATIVE_STATUSES)[number];

export const FINDING_SEVERITIES = ['INFO', 'WARNING', 'BLOCKING'] as const;
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

/** One verdict of the guard, kept for good: why this copy may or may not run. */
export interface Finding {
  /** The rule's name, e.g. `banned-word`; stable, for machines. */
  readonly rule: string;
  readonly severity: FindingSeverity;
  /** `headline`, `body`, `callToAction`; null speaks of the whole. */
  readonly field: string | null;
  /** For people: what was found and how to mend it. */
  readonly message: string;
}

/** How generated copy came to be, enough to make it again. */
export interface Provenance {
  readonly generationJobId: string | null;
  readonly modelVersionId: string | null;
  readonly prompt: string;
  readonly seed: number;
  /** What the model wrote, slots unfilled. */
  readonly template: { readonly headline: string; readonly body: string | null; readonly callToAction: string | null };
  /** Mean log-probability per token of the headline. */
  readonly logProbability: number | null;
  /** The creative this one was varied from. */
  readonly parentId: string | null;
  /** The profile it was written for, when it was written for one. */
  readonly profileId: string | null;
}

export interface CreativeCounts {
  readonly impressions: number;
  readonly clicks: number;
  readonly conversions: number;
  /** Sum of the outcomes' values, in micros of the campaign's currency. */
  readonly valueMicros: bigint;
}

export interface Creative {
  readonly id: string;
  readonly advertiserId: string;
  readonly campaignId: string;
  /** The caller's own name for it (imports find their rows again by it); unique per campaign. */
  readonly externalId: string | null;
  readonly headline: string;
  readonly body: string | null;
  readonly callToAction: string | null;
  readonly imageUrl: string | null;
  readonly origin: CreativeOrigin;
  readonly status: CreativeStatus;
  /** Starts at 1, grows by one with every change of copy or status (optimistic lock); counting does not change it. */
  readonly version: number;
  readonly findings: readonly Finding[];
  /** Null for copy that a person wrote. */
  readonly provenance: Provenance | null;
  /** What the reviewer said. */
  readonly reviewNote: string | null;
  readonly counts: CreativeCounts;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
