/** Later, as a dependency: the batcher's tests move time by hand. */
export interface Timers {
  /** Runs `work` once after `ms` (0: when the event loop comes round); returns what calls it off. */
  after(ms: number, work: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, work) {
    if (ms <= 0) {
      const handle = setImmediate(work);
      return () => clearImmediate(handle);
    }
    // A longer delay than Node's timers know would fire at once.
    const handle = setTimeout(work, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(handle);
  },
};
