import type { Vertical } from './campaign';

export const MODEL_KINDS = ['CLASSIFIER', 'WRITER'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

export const MODEL_STAGES = ['CANDIDATE', 'SHADOW', 'LIVE', 'RETIRED'] as const;
export type ModelStage = (typeof MODEL_STAGES)[number];

/** One exact set of weights. At most one of a kind and vertical is LIVE for an advertiser. */
export interface ModelVersion {
  readonly id: string;
  readonly advertiserId: string;
  readonly kind: ModelKind;
  /** Null serves every vertical that has none of its own. */
  readonly vertical: Vertical | null;
  readonly name: string;
  /** Hash of the weights, configuration and tokeniser: the same content is the same version. */
  readonly contentHash: string;
  readonly directory: string;
  /** Content hash of the model it was tuned from, and the adapter's name; null for a model of its own. */
  readonly base: string | null;
  readonly adapter: string | null;
  readonly parameters: number;
  /** Hash of the rows it was trained on. */
  readonly dataFingerprint: string | null;
  /** Figures of its evaluation, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** People who were erased since, and whose decisions were in the log that it was trained on. */
  readonly erasedPeople: number;
  readonly stage: ModelStage;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
