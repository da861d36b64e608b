/** Time as a dependency, so that decay, flights and deadlines can be tested at any moment. */
export interface Clock {
  now(): Date;
  /** Milliseconds that only ever grow; for durations. */
  elapsed(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  elapsed: () => performance.now(),
};

/** A clock that moves only when told to. */
export function manualClock(start: Date | string): Clock & { advance(milliseconds: number): void } {
  const origin = new Date(start).getTime();
  let passed = 0;
  return {
    now: () => new Date(origin + passed),
    elapsed: () => passed,
    advance(milliseconds) {
      passed += milliseconds;
    },
  };
}
