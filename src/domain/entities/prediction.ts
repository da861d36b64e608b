/** How much one part of the text moved the score, in units of the logit. */
export interface Attribution {
  readonly part: 'PROFILE' | 'CREATIVE';
  readonly text: string;
  readonly weight: number;
}

/** Why the score is what it is. */
export interface Explanation {
  /** For people, one sentence. */
  readonly summary: string;
  readonly attributions: readonly Attribution[];
}

export interface PredictionTiming {
  readonly tokeniseMs: number;
  readonly queueMs: number;
  readonly inferenceMs: number;
}

/** What a model said about one creative before one person, at one time. Append-only. */
export interface Prediction {
  readonly id: string;
  readonly advertiserId: string;
  readonly campaignId: string;
  readonly creativeId: string;
  /** Null: ranked for nobody in particular. */
  readonly profileId: string | null;
  readonly modelVersionId: string;
  /** The predictions of one ranking share it. */
  readonly rankingId: string;
  /** Calibrated probabilities, 0 to 1; of conversion null where no model speaks of it. */
  readonly pClick: number;
  readonly pConversion: number | null;
  /** Standard deviation of the logit. */
  readonly uncertainty: number;
  /** Of one impression, in micros of the campaign's currency. */
  readonly expectedValueMicros: bigint;
  readonly currency: string;
  /** 1 is first. */
  readonly rank: number;
  readonly explanation: Explanation | null;
  /** Versions of what was read, so that a prediction can be told from a stale one. */
  readonly creativeVersion: number;
  readonly profileVersion: number | null;
  readonly device: string;
  readonly timing: PredictionTiming;
  readonly createdAt: Date;
}
