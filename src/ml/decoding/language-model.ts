/** What the writer asks of a language model, however it is run. */
import type { Distribution } from './sampler';

export interface Continuation {
  /** Token ids; at least one. */
  prompt: readonly number[];
  /** How many texts go on from it. */
  rows: number;
  /** New tokens of a row at most; prompt and they fit the model's positions together. */
  maxTokens: number;
  /** What `Distribution.tempered` is asked for. */
  temperature: number;
  /**
   * The token that a row goes on with, undefined when it has ended; not asked again then. Rows are asked in any order, each with
   * what may follow its own last token, valid during the call.
   */
  choose(row: number, next: Distribution): number | undefined;
  /** Asked between steps; true ends the work. */
  cancelled(): boolean;
}

/** Text to token ids and back. */
export interface TextCodec {
  readonly specials: ReadonlySet<number>;
  encode(text: string): number[];
  /** Text of one token, special ones by name. */
  decodeToken(id: number): string;
}

export type Ends = readonly [number, ...number[]];

export interface LanguageModel extends TextCodec {
  /** Content hash of a directory, name of a hub model. */
  readonly id: string;
  /** Number of weights; 0 where they were not counted. */
  readonly parameters: number;
  readonly vocabulary: number;
  readonly positions: number;
  /** Tokens of which each ends a text; the first begins one too. */
  readonly ends: Ends;
  /** @throws MODEL_INVALID when the model fails */
  continueRows(continuation: Continuation): Promise<void>;
}
