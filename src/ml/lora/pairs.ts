import { AdloomError } from '../../base/errors';
import type { HashedFeatures } from '../gpt2/hashed-features';
import { floatTensor, isFloatTensor, type StoredTensor } from '../weights/tensor';

/** What two terms add to the logit where both stand in a text, beside what each adds: two that say the same convince less than twice. */
export interface PairWeights {
  /** Of each pair the lesser row and the greater. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly weights: Float32Array;
}

export function pairScorer({ first, second, weights }: PairWeights): (features: HashedFeatures) => number {
  // Of each row, its pairs with greater ones; a row that is only ever the greater one has none.
  const known = new Map<number, Map<number, number>>([...first, ...second].map((row) => [row, new Map()]));
  weights.forEach((weight, i) => known.get(first[i]!)!.set(second[i]!, weight));
  return ({ rows, weights: values }) => {
    const own: number[] = [];
    rows.forEach((row, i) => known.has(row) && own.push(i));
    let sum = 0;
    for (const a of own) {
      const of = known.get(rows[a]!)!;
      for (const b of own) sum += (of.get(rows[b]!) ?? 0) * values[a]! * values[b]!;
    }
    return sum;
  };
}

/** The sum of both; the other where one is absent. */
export function addPairs(a: PairWeights | undefined, b: PairWeights | undefined): PairWeights | undefined {
  if (!a || !b) return a ?? b;
  const sums = new Map<string, { first: number; second: number; weight: number }>();
  for (const { first, second, weights } of [a, b]) {
    weights.forEach((weight, i) => {
      const key = keyOf(first[i]!, second[i]!);
      sums.set(key, { first: first[i]!, second: second[i]!, weight: (sums.get(key)?.weight ?? 0) + weight });
    });
  }
  return pairWeights([...sums.values()]);
}

export function pairWeights(pairs: readonly { readonly first: number; readonly second: number; readonly weight: number }[]): PairWeights {
  const ordered = pairs.toSorted((a, b) => a.first - b.first || a.second - b.second);
  return { first: Int32Array.from(ordered, (pair) => pair.first), second: Int32Array.from(ordered, (pair) => pair.second), weights: Float32Array.from(ordered, (pair) => pair.weight) };
}

function keyOf(first: number, second: number): string {
  return `${first} ${second}`;
}

const FIRST = 'words.pairs.first';
const SECOND = 'words.pairs.second';
const WEIGHTS = 'words.pairs.weights';

export function pairTensors({ first, second, weights }: PairWeights): (readonly [name: string, tensor: StoredTensor])[] {
  const rows = (data: Int32Array): StoredTensor => ({ dtype: 'I32', shape: [data.length], data });
  return [[FIRST, rows(first)], [SECOND, rows(second)], [WEIGHTS, floatTensor([weights.length], weights)]];
}

/** @returns undefined for a file without pairs @throws ADAPTER_INVALID */
export function readPairs(tensors: ReadonlyMap<string, StoredTensor>): PairWeights | undefined {
  const [first, second, weights] = [tensors.get(FIRST), tensors.get(SECOND), tensors.get(WEIGHTS)];
  if (!first && !second && !weights) return undefined;
  const count = weights?.data.length;
  if (first?.dtype !== 'I32' || second?.dtype !== 'I32' || !weights || !isFloatTensor(weights) || first.data.length !== count || second.data.length !== count || !weights.data.every(Number.isFinite)) {
    throw new AdloomError('ADAPTER_INVALID', `The pairs of words must be ${FIRST}, ${SECOND} and ${WEIGHTS}, whole numbers and finite floats, as many of each.`, { field: WEIGHTS, hint: 'Save the adapter again.' });
  }
  return { first: first.data as Int32Array, second: second.data as Int32Array, weights: weights.data };
}
