/** What a small log teaches: which words are clicked more than the model says, and how far the base is right, by logistic regression with a prior. */
import { fitAtStrengths } from '../../ml/baseline/average-strengths';
import { fitLogistic, type Logistic, type Precision } from '../../ml/baseline/logistic';
import { tempered } from '../../ml/baseline/row-effects';
import { fitUnderStudent, type StudentFit } from '../../ml/baseline/student-prior';
import type { SparseMatrix } from '../../ml/baseline/sparse';
import { pairWeights } from '../../ml/lora/pairs';
import { singleTermRows } from '../../ml/lora/terms';
import { adaptedLogit, addWords, type WordWeights } from '../../ml/lora/words';
import { FEW_WORDS, PRECISION, STRENGTHS_FROM_START, TEXT_EFFECTS, WORDS_CARRIED, WORDS_TOGETHER } from './adapter-recipe';
import { besidePeople, type ShownSample } from './beside-people';
import type { Curves } from './choice-examples';
import type { Choice } from './choices';
import { groupBy } from './ctr-examples';
import type { TextFeatures } from './text-features';

export interface WordsFit {
  /** Those of the start, moved. */
  readonly words: WordWeights;
  readonly loss: number;
  readonly steps: number;
}

/** Choices of one vertical, with raw log-odds of each by the base, without words and with the start's, and how logits become log-odds of a click in it. */
export interface WordLog {
  readonly choices: readonly Choice[];
  readonly base: readonly number[];
  readonly before: readonly number[];
  readonly curves: Curves;
}

export interface WordsStart {
  /** Where the prior is; no words, and full trust in the base, when absent. */
  readonly words?: WordWeights;
  readonly features: TextFeatures;
  /**
   * Whether the words are to be carried to other copy than the logs'. There it is worth more to find the few that people mean than to let all
   * words of a text share in what it came to; of a log's own copy the latter says more.
   */
  readonly forOtherCopy?: boolean;
}

export function fitWords(logs: readonly WordLog[], { words: start, features, forOtherCopy }: WordsStart): WordsFit {
  const texts = [...new Set(logs.flatMap(({ choices }) => choices.map(({ text }) => text)))];
  const { X, columns, scales, singles } = matrixOf(texts, features, forOtherCopy ? WORDS_CARRIED : PRECISION.words);
  const place = new Map(texts.map((text, i) => [text, i]));
  // A word counts the same with and without a profile, in the model's own log-odds; the steepest curve says what the prior is in them.
  const scale = Math.max(...logs.flatMap(({ curves }) => [curves.withProfile.slope, curves.withoutProfile.slope]));
  const shown = logs.flatMap((log, at) => samplesOf(log, at, place));
  const precision: Precision = { columns: scale * scale, own: PRECISION.trust * scale * scale };
  const { samples, near } = besidePeople(shown, X, precision, (some) => (forOtherCopy ? tempered(some, () => TEXT_EFFECTS.variance) : some));
  const fit = (): Logistic & Partial<StudentFit> => {
    if (forOtherCopy) return fitUnderStudent(X, samples, precision, FEW_WORDS, { rows: TEXT_EFFECTS, together: { among: singles, most: WORDS_TOGETHER }, from: near });
    return start ? fitAtStrengths(X, samples, precision, STRENGTHS_FROM_START, near) : fitLogistic(X, samples, precision, near);
  };
  const { coefficients, pairs = [], own, loss, steps } = fit();
  const together = pairWeights(pairs.map(({ first, second, coefficient }) => ({ first: columns[first]!, second: columns[second]!, weight: coefficient * scales[first]! * scales[second]! })));
  const moved: WordWeights = { rows: columns, weights: Float32Array.from(coefficients, (value, j) => value * scales[j]!), ...(pairs.length > 0 && { together }) };
  const words = { ...(start ? addWords(start, moved) : moved), trust: (start?.trust ?? 1) + own };
  return { words, loss, steps };
}

/** What the base says alike of a text, shown often, is one sample. */
function samplesOf({ choices, base, before, curves }: WordLog, log: number, place: ReadonlyMap<string, number>): ShownSample[] {
  const cells = groupBy(choices.map((choice, i) => ({ ...choice, base: base[i]!, logit: before[i]! })), ({ profile, text }) => `${profile}\n${text}`);
  return [...cells.values()].map((cell) => {
    const [first] = cell;
    const { slope, intercept } = first!.profile === '' ? curves.withoutProfile : curves.withProfile;
    const weight = cell.reduce((sum, choice) => sum + (choice.weight ?? 1), 0);
    return {
      person: first!.profile === '' ? '' : `${log} ${first!.profile}`,
      row: place.get(first!.text)!,
      offset: slope * first!.logit + intercept,
      scale: slope,
      own: slope * first!.base,
      target: cell.reduce((sum, choice) => sum + (choice.weight ?? 1) * Number(choice.clicked), 0) / weight,
      weight,
    };
  });
}

/** Raw log-odds of each choice by base and words. */
export function startLogits(choices: readonly Pick<Choice, 'text'>[], base: readonly number[], { words, features }: WordsStart): number[] {
  const logit = adaptedLogit(words);
  return choices.map(({ text }, i) => logit(features.of(text))(base[i]!));
}

/** Texts by the terms that any of them has; `columns` are those, ascending, and `scales` the deviations of their priors, which entries are in units of; `singles` are the places of single terms. @param ofSingle the precision of single terms */
function matrixOf(texts: readonly string[], known: TextFeatures, ofSingle: number): { X: SparseMatrix; columns: Int32Array; scales: Float64Array; singles: number[] } {
  const features = texts.map((text) => known.of(text));
  const columns = Int32Array.from(new Set(features.flatMap(({ rows: of }) => [...of]))).toSorted();
  const column = new Map(Array.from(columns, (row, j) => [row, j]));
  const single = new Set(texts.flatMap((text) => singleTermRows(text)));
  const scales = Float64Array.from(columns, (row) => 1 / Math.sqrt(single.has(row) ? ofSingle : PRECISION.others));
  const starts = new Int32Array(texts.length + 1);
  features.forEach(({ rows: of }, i) => (starts[i + 1] = starts[i]! + of.length));
  const indices = Int32Array.from(features.flatMap(({ rows: of }) => Array.from(of, (row) => column.get(row)!)));
  const values = Float64Array.from(features.flatMap(({ weights }) => [...weights]), (value, k) => value * scales[indices[k]!]!);
  const singles = Array.from(columns.keys()).filter((j) => single.has(columns[j]!));
  return { columns, scales, singles, X: { rows: texts.length, columns: columns.length, starts, indices, values } };
}
