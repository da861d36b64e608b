// Timing helpers: medians and high percentiles of repeated runs.
export const quantile = (values, q) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
};

export const median = (values) => quantile(values, 0.5);

/** Milliseconds of each repetition, after some that do not count. */
export async function repeat(times, work, warmup = 2) {
  const taken = [];
  for (let i = -warmup; i < times; i++) {
    const start = performance.now();
    await work(i);
    if (i >= 0) taken.push(performance.now() - start);
  }
  return taken;
}

export const round = (value, digits = 1) => Number(value.toFixed(digits));
