import fc from 'fast-check';
import { createRng } from '../../../src/base/rng';
import { cosine, similarityToHistory } from '../../../src/ml/baseline/cosine';
import { characterNGrams, wordNGrams } from '../../../src/ml/baseline/n-grams';
import { fitRidge } from '../../../src/ml/baseline/ridge';
import { times, transposeTimes, type SparseMatrix } from '../../../src/ml/baseline/sparse';
import { fitTextFeatures, fitTfIdf, type TfIdf } from '../../../src/ml/baseline/tf-idf';
import reference from '../../fixtures/reference/baseline.json';

const { texts } = reference;

/** Each row as term -> weight. */
function rowsOf(model: TfIdf): Record<string, number>[] {
  const terms = [...model.vocabulary.keys()];
  const { starts, indices, values, rows } = model.transform(texts);
  return Array.from({ length: rows }, (_, i) =>
    Object.fromEntries(Array.from({ length: starts[i + 1]! - starts[i]! }, (__, k) => [terms[indices[starts[i]! + k]!]!, values[starts[i]! + k]!])),
  );
}

function expectNear(came: Record<string, number>[], expected: Record<string, number>[]): void {
  came.forEach((row, i) => {
    expect(Object.keys(row).sort()).toEqual(Object.keys(expected[i]!).sort());
    for (const [term, value] of Object.entries(row)) expect(value).toBeCloseTo(expected[i]![term]!, 10);
  });
}

describe('terms', () => {
  it('are words of two or more signs and their pairs', () => {
    expect(wordNGrams("Don't run; it's a café_1", 1, 2)).toEqual(['don', 'run', 'it', 'café_1', 'don run', 'run it', 'it café_1']);
  });

  it('are characters within words, a short word once', () => {
    expect(characterNGrams('Go on', 3, 5)).toEqual([' go', 'go ', ' go ', ' on', 'on ', ' on ']);
    expect(characterNGrams('a 🙂b', 3, 4)).toEqual([' a ', ' 🙂b', '🙂b ', ' 🙂b ']);
  });
});

describe("TF-IDF equals scikit-learn's, term by term", () => {
  it('of words', () => {
    expectNear(rowsOf(fitTfIdf(texts, { analyser: 'word', shortest: 1, longest: 2, minimumDocuments: 2 })), reference.word as unknown as Record<string, number>[]);
  });

  it('of characters', () => {
    expectNear(rowsOf(fitTfIdf(texts, { analyser: 'character', shortest: 3, longest: 5, minimumDocuments: 2 })), reference.character as unknown as Record<string, number>[]);
  });

  it('and so does the cosine of every two texts', () => {
    const X = fitTextFeatures(texts).transform(texts);
    texts.forEach((_, i) => texts.forEach((__, j) => expect(cosine(X, i, X, j)).toBeCloseTo(reference.cosine[i]![j]!, 10)));
  });

  it('refuses texts without a common term', () => {
    expect(() => fitTextFeatures(['one', 'two'])).toThrow('No term comes in 2 of the 2 texts.');
  });
});

describe('ridge regression', () => {
  it.each(reference.ridge)("equals scikit-learn's at alpha $alpha, weighted: $weighted", ({ alpha, weighted, intercept, predictions, unseen }) => {
    const features = fitTextFeatures(texts);
    const X = features.transform(texts);
    const model = fitRidge(X, reference.targets, { alpha, weights: weighted ? reference.weights : undefined, tolerance: 1e-12 });
    expect(model.intercept).toBeCloseTo(intercept, 8);
    model.predict(X).forEach((value, i) => expect(value).toBeCloseTo(predictions[i]!, 8));
    model.predict(features.transform(reference.unseen)).forEach((value, i) => expect(value).toBeCloseTo(unseen[i]!, 8));
  });

  it('has no gradient left where it stops, and a weight of two is the row twice', () => {
    const rng = createRng(4);
    const matrix = (rows: number[][]): SparseMatrix => ({
      rows: rows.length,
      columns: rows[0]!.length,
      starts: Int32Array.from({ length: rows.length + 1 }, (_, i) => i * rows[0]!.length),
      indices: Int32Array.from(rows.flatMap((row) => row.map((_, j) => j))),
      values: Float64Array.from(rows.flat()),
    });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 6 }), fc.double({ min: 0.01, max: 10, noNaN: true }), (n, p, alpha) => {
        const rows = Array.from({ length: n }, () => Array.from({ length: p }, () => rng.normal()));
        const y = Array.from({ length: n }, () => rng.normal());
        const w = Array.from({ length: n }, () => 1 + rng.int(2));
        const X = matrix(rows);
        const model = fitRidge(X, y, { alpha, weights: w, tolerance: 1e-12 });
        const left = Float64Array.from(model.predict(X), (value, i) => w[i]! * (y[i]! - value));
        expect(left.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 8);
        transposeTimes(X, left).forEach((value, j) => expect(value).toBeCloseTo(alpha * model.coefficients[j]!, 7));
        const twice = fitRidge(matrix(rows.flatMap((row, i) => Array<number[]>(w[i]!).fill(row))), y.flatMap((value, i) => Array<number>(w[i]!).fill(value)), { alpha, tolerance: 1e-12 });
        times(X, model.coefficients).forEach((value, i) => expect(times(X, twice.coefficients)[i]!).toBeCloseTo(value, 7));
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what cannot be fitted', () => {
    const X = fitTextFeatures(texts).transform(texts);
    expect(() => fitRidge(X, [1], { alpha: 1 })).toThrow('30 rows need 30 targets (at least one), 1 came.');
    expect(() => fitRidge(X, reference.targets, { alpha: 0 })).toThrow('alpha must be above 0, not 0.');
    expect(() => fitRidge(X, reference.targets, { alpha: 1, weights: texts.map(() => 0) })).toThrow('At least one weight must be above 0.');
    expect(() => fitRidge(X, texts.map(() => NaN), { alpha: 1 })).toThrow('Target 0 is NaN');
  });
});

describe('similarity to a history', () => {
  it('puts what is like the past first, and is 0 without a past', () => {
    const model = fitTextFeatures(texts);
    const candidates = ['Your savings and a fund', 'A jacket for rain and cold mornings'];
    const [fund, jacket] = similarityToHistory(model, ['RAIN! RAIN! RAIN!', 'Cold mornings, warm jacket'], candidates);
    expect(jacket!).toBeGreaterThan(fund!);
    expect(similarityToHistory(model, [], candidates)).toEqual([0, 0]);
  });
});
