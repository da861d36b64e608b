export interface Schedule {
  /** Learning rate at the top. */
  peak: number;
  /** Steps of linear warm-up. */
  warmup: number;
  /** Steps in all; the cosine ends there. */
  total: number;
  /** Share of the peak that is left at the end. */
  floor: number;
}

/** Learning rate of a step (counted from 0): linear warm-up, then a half cosine down (Loshchilov and Hutter 2017). */
export function learningRate(step: number, { peak, warmup, total, floor }: Schedule): number {
  if (step < warmup) return (peak * (step + 1)) / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
  return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
