import type { Tone } from './campaign';

export const GENERATION_STATUSES = ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'] as const;
export type GenerationStatus = (typeof GENERATION_STATUSES)[number];

/** What was asked of the writer. */
export interface GenerationOptions {
  /** Null takes the campaign's tone. */
  readonly tone: Tone | null;
  /** Write for this interest; null takes the profile's heaviest, if it may be used. */
  readonly interest: string | null;
  readonly temperature: number | null;
  readonly withBody: boolean;
  readonly withCallToAction: boolean;
  readonly parentId: string | null;
  /** Copy in which the guard finds nothing that blocks is APPROVED at once; else it waits IN_REVIEW. */
  readonly autoApprove: boolean;
  /** Which writer writes; null is the live one of the moment. */
  readonly writerVersionId: string | null;
}

/** One request for copy, worked off in the background. */
export interface GenerationJob {
  readonly id: string;
  readonly advertiserId: string;
  readonly campaignId: string;
  /** Null writes for the campaign's audience at large. */
  readonly profileId: string | null;
  readonly status: GenerationStatus;
  readonly requested: number;
  /** Creatives written so far. */
  readonly done: number;
  /** Generations that the guard or the search for duplicates turned away. */
  readonly rejected: number;
  readonly seed: number;
  readonly options: GenerationOptions;
  readonly createdCreativeIds: readonly string[];
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}
