/** How much one word moved the score, in log-odds of the calibrated chance. */
export interface Attribution {
  readonly part: 'PROFILE' | 'CREATIVE';
  readonly text: string;
  readonly weight: number;
  /** Which word of its text, 0 first. */
  readonly position: number;
}

/** Why the score is what it is, as it is kept with a prediction. What moved the model is computed when somebody asks. */
export interface Explanation {
  /** For people, one sentence. */
  readonly summary: string;
}

/** What may have changed since a prediction was made. */
export type PredictionBasis = 'PROFILE' | 'CREATIVE' | 'MODEL';

/** Which words moved a score, in log-odds of the calibrated chance, from a baseline whose words say nothing. */
export interface ScoreAttribution {
  /** Calibrated chance of a click as it was computed for this, and that of the baseline. */
  readonly probability: number;
  readonly baselineProbability: number;
  /** Strongest first. */
  readonly attributions: readonly Attribution[];
  readonly breakdown: ScoreBreakdown;
  /** How far the words' sum misses `breakdown.difference`, as a share of it. */
  readonly completenessGap: number;
  /** Why the score would be another now; empty where it is the one that was kept. */
  readonly changedSince: readonly PredictionBasis[];
}

/** One difference of log-odds, by text and by part of the model. */
export interface ScoreBreakdown {
  readonly difference: number;
  readonly profile: number;
  readonly creative: number;
  readonly languageModel: number;
  readonly affinity: number;
  readonly phrases: number;
  readonly sharedWords: number;
  readonly learnt: number;
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
