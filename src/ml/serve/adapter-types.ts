/** A scorer that serves many adapters over one base. */
import type { Scorer } from './types';

export interface LoadedAdapter {
  /** Content hash of its files; what `score` takes. */
  id: string;
  directory: string;
  /** Memory that it takes while it is resident. */
  bytes: number;
  /** Whether its file says that it was made for this base; PEFT's files do not say. */
  bound: boolean;
  /** Whether it has a calibration of its own; else the base's stands in, which the adapter may have moved away from. */
  calibrated: boolean;
  /** Whether it changes the base's layers; else the base's own run serves it, and what differs is added to its logits. */
  layers: boolean;
  /** What the base's logit counts in its own. */
  trust: number;
}

export interface AdapterStats {
  /** Adapters that may be asked for, and those of them in memory. */
  known: number;
  resident: number;
  bytes: number;
  limit: number;
  /** Times that an adapter was read from disk, and times that one made room for another. */
  reads: number;
  evictions: number;
}

/** A pair, and whose adapter judges it; the base alone where none is named. */
export interface AdaptedPair {
  prefix: string;
  text: string;
  adapter?: string;
}

export interface AdaptableScorer extends Scorer {
  /**
   * Makes an adapter available. It stays available when it has to make room in memory: it is read again when it is next asked for.
   * @throws ADAPTER_UNAVAILABLE, ADAPTER_INVALID, ADAPTER_MISMATCH; TOO_LARGE where it alone exceeds the memory for adapters
   */
  loadAdapter(directory: string): Promise<LoadedAdapter>;
  /** Forgets an adapter; true where there was one. */
  unloadAdapter(id: string): Promise<boolean>;
  adapterStats(): Promise<AdapterStats>;
}

export function isAdaptable(scorer: Scorer): scorer is AdaptableScorer {
  return 'loadAdapter' in scorer;
}
