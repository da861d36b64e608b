import { createRng } from '../../../src/base/rng';
import { inWorker } from '../../support/in-worker';

interface Result {
  buckets: number;
  alone: number[];
  together: number[];
  /** By the graph for devices; once for each case. */
  rows?: number[];
  /** By its builds in fewer bits: `fp16`, `w8a16`. */
  narrow?: number[][];
  cached?: number[];
  cachedTokens?: number;
}

const BODY = { vocabulary: 97, positions: 64, channels: 24, layers: 3, heads: 3, inner: 96, layerNormEpsilon: 1e-5 };
const SHAPES = {
  'GPT-2': { body: BODY },
  'GPT-2 of one layer': { body: { ...BODY, layers: 1 } },
  'GPT-2 and the parts beside it': { body: BODY, wide: { buckets: 64, dimensions: 4 }, grams: { rows: 64, behindPrefix: 0.5 } },
};

const rng = createRng(11);
const tokens = (n: number): number[] => Array.from({ length: n }, () => rng.int(BODY.vocabulary));
const group = (prefix: number, ...texts: number[]): { prefix: number[]; texts: number[][] } => ({ prefix: tokens(prefix), texts: texts.map(tokens) });
const CASES = [
  [group(7, 3)],
  [group(1, 1)],
  [group(12, 1, 9, 2, 30, 2, 5, 17, 9, 1)],
  [group(16, 24, 24, 24, 24, 24, 24, 24)],
  [group(40, ...Array.from({ length: 40 }, () => 1 + rng.int(24)))],
  [group(0, 3, 1)],
  [group(5, 4, 4), group(9, 2)],
  [group(0, 5), group(2, 6, 1), group(0, 3, 3)],
  [group(1, 1, 2, 3, 4, 5), group(33, 31), group(3, 8, 8), group(3, 1)],
];

const apart = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((v, i) => Math.abs(v - b[i]!)));

describe.each(Object.entries(SHAPES))('candidates behind prefixes that are computed once: %s', (_, shape) => {
  let results: Result[];
  beforeAll(async () => {
    results = await inWorker<Result[]>('shared-prefix', { shape, bucketCounts: [1, 2, 4], cases: CASES });
  }, 120_000);

  it('score as each does alone, in any grouping and any number of buckets', () => {
    expect(results).toHaveLength(3 * CASES.length);
    for (const { alone, together } of results) {
      expect(together).toHaveLength(alone.length);
      expect(apart(alone, together)).toBeLessThan(1e-4);
    }
    // Scores that hardly differ would prove nothing.
    const all = results.flatMap((r) => r.alone);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(0.5);
  });

  it('score the same in the rows and the few operators of devices', () => {
    const inRows = results.filter((r) => r.rows);
    expect(inRows).toHaveLength(CASES.length);
    for (const { alone, rows } of inRows) expect(apart(alone, rows!)).toBeLessThan(1e-4);
  });

  it('score nearly the same in rows of fewer bits, as devices run them', () => {
    const scores = results.flatMap((r) => r.alone);
    const spread = Math.max(...scores) - Math.min(...scores);
    for (const { alone, narrow } of results.filter((r) => r.narrow)) for (const build of narrow!) expect(apart(alone, build) / spread).toBeLessThan(0.05);
  });

  it('score the same behind keys and values of an earlier run', () => {
    const cached = results.filter((r) => r.cached);
    const single = CASES.filter((c) => c.length === 1 && c[0]!.prefix.length > 0);
    expect(cached).toHaveLength(3 * single.length);
    cached.forEach((result, i) => {
      expect(result.cachedTokens).toBe(single[i % single.length]![0]!.prefix.length);
      expect(apart(result.alone, result.cached!)).toBeLessThan(1e-4);
    });
  });
});
