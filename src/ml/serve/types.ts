/**
 * What the platform asks of its models. Text goes in, numbers or text come out; no tensor crosses this seam,
 * so that devices, batching and precision can change behind it.
 */
import type { BatcherStats } from '../batching/stats';
import type { Precision } from '../precision/precision-for';
import type { PartContributions, WordContribution } from '../explain/explainer';

/** Which model answered. */
export interface ModelIdentity {
  /** Content hash of configuration and weights: the same files have the same id everywhere. */
  id: string;
  kind: 'classifier' | 'writer';
  /** Name of the directory or hub model. */
  name: string;
  directory: string;
  /** What it runs on now: cpu, webgpu or cuda; the cpu after a device was lost. */
  device: string;
  /** Number of weights. */
  parameters: number;
  /** The build in use, why, and within what margin of the best its scores are run again. */
  precision?: { used: Precision; why: string; margin: number };
}

/** Where the time of one reply went, in milliseconds. */
export interface Timing {
  tokeniseMs: number;
  queueMs: number;
  inferenceMs: number;
}

export interface Score {
  /** Raw log-odds of the model. */
  logit: number;
  /** Calibrated probability in (0, 1). */
  probability: number;
  /** Standard deviation of the logit, from held-out data. */
  uncertainty: number;
}

export interface ScoreReply {
  /** One per text, in the order asked. */
  scores: Score[];
  /** Tokens of the prefix that did not fit and were left out, the oldest first; absent where all of it counts. */
  prefixTrimmed?: number;
  timing: Timing;
  /** What computed these scores. */
  device: string;
}

export interface CallOptions {
  /** Aborting drops the work where it stands; the call rejects with CANCELLED. */
  signal?: AbortSignal;
}

export interface ScoreOptions extends CallOptions {
  /** Milliseconds after which the scores are of no use; the call then rejects with DEADLINE_EXCEEDED, at once where the load rules it out. */
  deadlineMs?: number;
  /** Background work yields to what somebody waits for, and is never refused for a full queue. `score` is interactive unless told. */
  priority?: 'interactive' | 'background';
}

/** Why a score is what it is, in log-odds of the calibrated probability. */
export interface ScoreExplanation {
  score: Score;
  /** The same structure with words that say nothing: where the explanation starts. */
  baseline: Pick<Score, 'logit' | 'probability'>;
  /** Log-odds of the score less those of the baseline; what words and parts sum to. */
  difference: number;
  /** Every word that the model read, in reading order, prefix first. */
  words: readonly WordContribution[];
  /** The same difference by parts of the model. */
  parts: PartContributions;
  /** How far the words' sum misses the difference, as a share of it (of 0.05 raw log-odds where it is less): at most 0.02 as a rule. */
  gap: number;
  /** Points of the path of integration. */
  steps: number;
  timing: Timing;
}

/** A sequence classifier: how likely is a click on `text` by somebody described by `prefix`. */
export interface Scorer {
  readonly identity: ModelIdentity;
  /**
   * One prefix (empty for nobody in particular) and its candidates. Calls at the same time share the model fairly.
   * @param request.adapter what `loadAdapter` of an AdaptableScorer gave; the base alone where it is absent
   * @throws OVERLOADED with `retryAfterMs`, DEADLINE_EXCEEDED, CANCELLED, MODEL_UNAVAILABLE
   */
  score(request: { prefix: string; texts: readonly string[]; adapter?: string }, options?: ScoreOptions): Promise<ScoreReply>;
  /** Unrelated pairs, for bulk work, in the background; in order. */
  scoreMany(pairs: readonly { prefix: string; text: string; adapter?: string }[], options?: CallOptions): Promise<Score[]>;
  /**
   * Which words moved the score of one pair. Costs about as much as a hundred scores; does not wait among rankings.
   * @param request.adapter as for `score`
   */
  explain(request: { prefix: string; text: string; adapter?: string }, options?: CallOptions): Promise<ScoreExplanation>;
  /** Queue, batches, refusals and times, where the scorer keeps count. */
  stats?(): BatcherStats;
  /** Says that it is to be closed in so many milliseconds: explanations that would not be begun in time are refused with MODEL_UNAVAILABLE, so that they are answered at all. */
  endSoon?(withinMs: number): void;
  close(): Promise<void>;
}

/** Texts that one request may ask a writer for. */
export const MOST_GENERATIONS = 1_000;

export interface GenerateRequest {
  prompt: string;
  /** How many continuations. */
  count: number;
  /** The same request with the same seed gives the same text. */
  seed: number;
  /** Upper bound on new tokens; 40 unless told. */
  maxTokens?: number;
  /** 1 samples as trained, lower is safer; 0.8 unless told. */
  temperature?: number;
  /** Nucleus: smallest set of tokens whose probabilities reach this; 0.95 unless told. */
  topP?: number;
  /** Limit in user-perceived characters, counted with placeholders filled. */
  maxGraphemes: number;
  /** Placeholders that may be written, each with the text that will stand in its place: `<product>` -> `Alba`. */
  placeholders: Readonly<Record<string, string>>;
  /** Never written, whatever the letter case; words or phrases. */
  bannedWords: readonly string[];
  /** Digits are refused unless this is true: facts come from placeholders. */
  allowDigits?: boolean;
}

export interface Generation {
  /** Placeholders unfilled. */
  text: string;
  /** Mean log-probability per token under the unconstrained model: fluency. */
  logProbability: number;
  /** False where the limit forced the end although the model wanted to go on. */
  complete: boolean;
  tokens: number;
}

export interface GenerateReply {
  generations: Generation[];
  timing: Timing;
}

/** A language model that continues prompts under constraints. */
export interface Generator {
  readonly identity: ModelIdentity;
  generate(request: GenerateRequest, options?: CallOptions): Promise<GenerateReply>;
  close(): Promise<void>;
}
