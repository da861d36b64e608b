import fc from 'fast-check';
import { cutRuns, type CandidateGroup } from '../../../src/ml/serve/cut-runs';

const features = { rows: new Int32Array(0), weights: new Float32Array(0) };
const groups = fc
  .array(fc.record({ prefix: fc.integer({ min: 1, max: 64 }), texts: fc.array(fc.integer({ min: 1, max: 48 }), { maxLength: 300 }) }), { maxLength: 40 })
  .map((list) => {
    let place = 0;
    return list.map(({ prefix, texts }, id): CandidateGroup => ({
      prefix: { ids: new Int32Array(prefix).fill(id), features, trimmed: 0 },
      candidates: texts.map((length) => ({ written: '', text: { ids: new Int32Array(length), features, grams: features }, place: place++, nearness: 0 })),
    }));
  });

describe('runs of the model', () => {
  it('hold every candidate once, behind its own prefix', () => {
    fc.assert(
      fc.property(groups, (given) => {
        const owner = (list: readonly CandidateGroup[]): [number, Int32Array][] => list.flatMap((g) => g.candidates.map((c): [number, Int32Array] => [c.place, g.prefix.ids]));
        const cut = owner([...cutRuns(given, 3_072)].flat()).sort(([a], [b]) => a - b);
        expect(cut).toEqual(owner(given));
      }),
    );
  });

  it('stay within their tokens and slots, and are never empty', () => {
    fc.assert(
      fc.property(groups, (given) => {
        for (const run of cutRuns(given, 3_072)) {
          const lengths = run.flatMap((g) => g.candidates.map((c) => c.text.ids.length));
          expect(lengths.length).toBeGreaterThan(0);
          expect(run.every((g) => g.candidates.length > 0)).toBe(true);
          expect(lengths.reduce((a, b) => a + b, 0) + run.reduce((sum, g) => sum + g.prefix.ids.length, 0)).toBeLessThanOrEqual(3072);
          expect(run.length * Math.max(...run.map((g) => g.candidates.length)) * Math.max(...lengths)).toBeLessThanOrEqual(3 * 3072 + 48 * 300);
        }
      }),
    );
  });

  it('compute a prefix once where its candidates fit', () => {
    const [run, ...more] = cutRuns([{ prefix: { ids: new Int32Array(64), features, trimmed: 0 }, candidates: Array.from({ length: 100 }, (_, place) => ({ written: '', text: { ids: new Int32Array(24), features, grams: features }, place, nearness: 0 })) }], 3_072);
    expect(more).toHaveLength(0);
    expect(run).toHaveLength(1);
  });
});
