/** What a small log teaches: which words are clicked more than the model says, by logistic regression with a prior. */
import { fitLogistic, type Logistic } from '../../ml/baseline/logistic';
import type { SparseMatrix } from '../../ml/baseline/sparse';
import { gramFeatures } from '../../ml/gpt2/grams';
import type { WordWeights } from '../../ml/lora/words';
import type { Curves } from './choice-examples';
import type { Choice } from './choices';
import { groupBy } from './ctr-examples';

export interface WordsFit {
  /** What is added to the words of the start. */
  readonly words: WordWeights;
  /** Log-odds that the rate of clicks was off the curves. */
  readonly intercept: number;
  readonly loss: number;
  readonly steps: number;
}

/**
 * @param logits raw log-odds of each choice by the start @param curves how they become log-odds @param rows of the base's linear part
 * @param precision of the prior, in log-odds
 */
export function fitWords(choices: readonly Choice[], logits: readonly number[], { curves, rows, precision }: { curves: Curves; rows: number; precision: number }): WordsFit {
  const texts = [...new Set(choices.map(({ text }) => text))];
  const { X, columns } = matrixOf(texts, rows);
  const place = new Map(texts.map((text, i) => [text, i]));
  const cells = groupBy(choices.map((choice, i) => ({ ...choice, logit: logits[i]! })), ({ profile, text }) => `${profile}\n${text}`);
  // A word counts the same with and without a profile, in the model's own log-odds; the steeper curve says what the prior is in them.
  const lines = [...cells.values()].map(([first]) => (first!.profile === '' ? curves.withoutProfile : curves.withProfile));
  const scale = Math.max(...lines.map(({ slope }) => slope));
  const samples = [...cells.values()].map((cell, i) => {
    const weight = cell.reduce((sum, choice) => sum + (choice.weight ?? 1), 0);
    return {
      row: place.get(cell[0]!.text)!,
      offset: lines[i]!.slope * cell[0]!.logit + lines[i]!.intercept,
      scale: lines[i]!.slope,
      target: cell.reduce((sum, choice) => sum + (choice.weight ?? 1) * Number(choice.clicked), 0) / weight,
      weight,
    };
  });
  const fit: Logistic = fitLogistic(X, samples, precision * scale * scale);
  const words = { rows: columns, weights: Float32Array.from(fit.coefficients) };
  return { words, intercept: fit.intercept, loss: fit.loss, steps: fit.steps };
}

/** Texts by the hashed rows that any of them has; `columns` are those rows, ascending. */
function matrixOf(texts: readonly string[], rows: number): { X: SparseMatrix; columns: Int32Array } {
  const features = texts.map((text) => gramFeatures(text, rows));
  const columns = Int32Array.from(new Set(features.flatMap(({ rows: of }) => [...of]))).toSorted();
  const column = new Map(Array.from(columns, (row, j) => [row, j]));
  const starts = new Int32Array(texts.length + 1);
  features.forEach(({ rows: of }, i) => (starts[i + 1] = starts[i]! + of.length));
  return {
    columns,
    X: {
      rows: texts.length, columns: columns.length, starts,
      indices: Int32Array.from(features.flatMap(({ rows: of }) => Array.from(of, (row) => column.get(row)!))),
      values: Float64Array.from(features.flatMap(({ weights }) => [...weights])),
    },
  };
}
