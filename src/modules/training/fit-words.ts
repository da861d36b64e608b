/** What a small log teaches: which words are clicked more than the model says, and how far the base is right, by logistic regression with a prior. */
import { fitLogistic, type Logistic } from '../../ml/baseline/logistic';
import type { SparseMatrix } from '../../ml/baseline/sparse';
import { gramFeatures, singleWordRows } from '../../ml/gpt2/grams';
import { adaptedLogit, addWords, type WordWeights } from '../../ml/lora/words';
import { PRECISION } from './adapter-recipe';
import type { Curves } from './choice-examples';
import type { Choice } from './choices';
import { groupBy } from './ctr-examples';

export interface WordsFit {
  /** Those of the start, moved. */
  readonly words: WordWeights;
  /** Log-odds that the rate of clicks was off the curves. */
  readonly intercept: number;
  readonly loss: number;
  readonly steps: number;
}

export interface WordsStart {
  /** Where the prior is; no words, and full trust in the base, when absent. */
  readonly words?: WordWeights;
  /** How the start's logits become log-odds of a click. */
  readonly curves: Curves;
  /** Of the base's linear part. */
  readonly rows: number;
}

/** @param base raw log-odds of each choice by the base, without words */
export function fitWords(choices: readonly Choice[], base: readonly number[], { words: start, curves, rows }: WordsStart): WordsFit {
  const texts = [...new Set(choices.map(({ text }) => text))];
  const { X, columns, scales } = matrixOf(texts, rows);
  const place = new Map(texts.map((text, i) => [text, i]));
  const before = startLogits(choices, base, { words: start, rows });
  const cells = groupBy(choices.map((choice, i) => ({ ...choice, base: base[i]!, logit: before[i]! })), ({ profile, text }) => `${profile}\n${text}`);
  // A word counts the same with and without a profile, in the model's own log-odds; the steeper curve says what the prior is in them.
  const lines = [...cells.values()].map(([first]) => (first!.profile === '' ? curves.withoutProfile : curves.withProfile));
  const scale = Math.max(...lines.map(({ slope }) => slope));
  const samples = [...cells.values()].map((cell, i) => {
    const weight = cell.reduce((sum, choice) => sum + (choice.weight ?? 1), 0);
    return {
      row: place.get(cell[0]!.text)!,
      offset: lines[i]!.slope * cell[0]!.logit + lines[i]!.intercept,
      scale: lines[i]!.slope,
      own: lines[i]!.slope * cell[0]!.base,
      target: cell.reduce((sum, choice) => sum + (choice.weight ?? 1) * Number(choice.clicked), 0) / weight,
      weight,
    };
  });
  const fit: Logistic = fitLogistic(X, samples, { columns: scale * scale, own: PRECISION.trust * scale * scale });
  const moved: WordWeights = { rows: columns, weights: Float32Array.from(fit.coefficients, (value, j) => value * scales[j]!) };
  const words = { ...(start ? addWords(start, moved) : moved), trust: (start?.trust ?? 1) + fit.own };
  return { words, intercept: fit.intercept, loss: fit.loss, steps: fit.steps };
}

/** Raw log-odds of each choice by base and words. */
export function startLogits(choices: readonly Pick<Choice, 'text'>[], base: readonly number[], { words, rows }: Pick<WordsStart, 'words' | 'rows'>): number[] {
  const logit = adaptedLogit(words);
  const features = new Map<string, ReturnType<typeof gramFeatures>>();
  return choices.map(({ text }, i) => {
    if (!features.has(text)) features.set(text, gramFeatures(text, rows));
    return logit(base[i]!, features.get(text)!);
  });
}

/** Texts by the hashed rows that any of them has; `columns` are those rows, ascending, and `scales` the deviations of their priors, which entries are in units of. */
function matrixOf(texts: readonly string[], rows: number): { X: SparseMatrix; columns: Int32Array; scales: Float64Array } {
  const features = texts.map((text) => gramFeatures(text, rows));
  const columns = Int32Array.from(new Set(features.flatMap(({ rows: of }) => [...of]))).toSorted();
  const column = new Map(Array.from(columns, (row, j) => [row, j]));
  const single = new Set(texts.flatMap((text) => singleWordRows(text, rows)));
  const scales = Float64Array.from(columns, (row) => 1 / Math.sqrt(single.has(row) ? PRECISION.words : PRECISION.others));
  const starts = new Int32Array(texts.length + 1);
  features.forEach(({ rows: of }, i) => (starts[i + 1] = starts[i]! + of.length));
  const indices = Int32Array.from(features.flatMap(({ rows: of }) => Array.from(of, (row) => column.get(row)!)));
  const values = Float64Array.from(features.flatMap(({ weights }) => [...weights]), (value, k) => value * scales[indices[k]!]!);
  return { columns, scales, X: { rows: texts.length, columns: columns.length, starts, indices, values } };
}
