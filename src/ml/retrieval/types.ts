/** What the first stage of a search over many texts is asked and answers. Keys and groups are names that the caller gives. */

/** Rows to add or replace; all lists of one length n. */
export interface IndexRows {
  readonly keys: readonly string[];
  readonly groups: readonly string[];
  /** float32 [n, dimensions]. */
  readonly vectors: Float32Array;
  /** What was counted of each: how often it was tried and with how many successes. */
  readonly trials: readonly number[];
  readonly successes: readonly number[];
}

export interface TextRows extends IndexRows {
  /** What was embedded: shared words are counted in it, where the ranker counts them. */
  readonly texts: readonly string[];
}

/** What a row is worth when its event happens: base + gain x its smoothed successes per trial, at most 1. */
export interface Worth {
  readonly base: number;
  readonly gain: number;
  /** Counted beside the group's own trials and successes. */
  readonly prior: { readonly trials: number; readonly successes: number };
  /** Trials of the group's rate that each row starts with. */
  readonly strength: number;
}

export interface SearchGroup {
  readonly group: string;
  readonly worth: Worth;
}

export interface Found {
  readonly key: string;
  readonly group: string;
  /** The first stage's estimate, calibrated. */
  readonly probability: number;
  readonly value: number;
}

export interface GroupTotals {
  readonly rows: number;
  readonly trials: number;
  readonly successes: number;
}

export interface SearchReply {
  /** Greatest value first. */
  readonly found: readonly Found[];
  /** Of every group asked. */
  readonly totals: ReadonlyMap<string, GroupTotals>;
}

export interface SearchRequest {
  /** Empty for nobody in particular. */
  readonly prefix: string;
  readonly k: number;
  readonly groups: readonly SearchGroup[];
  readonly without?: readonly string[];
}

export interface SearchTiming {
  /** Until the thread took the call up, and what the search itself took. */
  readonly queueMs: number;
  readonly searchMs: number;
}
