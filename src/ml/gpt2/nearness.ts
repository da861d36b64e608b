/**
 * How near a text is to what a prefix tells: the greatest cosine between the text and one item of the prefix, over the words and runs
 * of characters of the linear part, rare ones weighing more (TF-IDF). It is computed, not learnt: where the trained parts never met
 * the words of a prefix, shared words still say what goes with it, and no training can unlearn that.
 */
import { Recent } from '../../base/recent';
import { gramFeatures } from './grams';
import { newestItems, type HashedFeatures } from './hashed-features';

/** Features at length 1. */
interface Direction {
  rows: Int32Array;
  weights: Float32Array;
}

/** Items whose directions are kept; people share what they looked at. */
const KEPT = 4096;

export class Nearness {
  private readonly items = new Recent<string, Direction>(KEPT);

  /**
   * @param rarity weight of each feature row, [rows]
   * @param gain log-odds of a cosine of 1
   */
  constructor(
    private readonly rarity: ArrayLike<number>,
    private readonly gain: number,
  ) {}

  /** Log-odds that each text gains behind the prefix, given the text's `gramFeatures`; 0 for an empty prefix. */
  behind(prefix: string): (features: HashedFeatures) => number {
    const items = newestItems(prefix).map((item) => this.directionOf(item));
    // Which items have a feature, and how much of it: texts then read their own features only.
    const holders = new Map<number, { item: number; weight: number }[]>();
    items.forEach(({ rows, weights }, item) =>
      rows.forEach((row, i) => {
        const entry = { item, weight: weights[i]! };
        const list = holders.get(row);
        if (list) list.push(entry);
        else holders.set(row, [entry]);
      }),
    );
    const cosines = new Float64Array(items.length);
    return (features) => {
      if (items.length === 0) return 0;
      cosines.fill(0);
      const { rows, weights } = direction(features, this.rarity);
      rows.forEach((row, i) => holders.get(row)?.forEach(({ item, weight }) => (cosines[item]! += weight * weights[i]!)));
      return this.gain * Math.max(...cosines);
    };
  }

  /**
   * What `behind` is made of: the nearest item of `newestItems(prefix)` (-1 where there is none), the features that it shares with the
   * text, and the log-odds of each; their sum is that of `behind`.
   */
  sharedWith(prefix: string, features: HashedFeatures): { item: number; rows: number[]; logOdds: number[] } {
    const { rows, weights } = direction(features, this.rarity);
    let nearest = { item: -1, rows: [] as number[], logOdds: [] as number[] };
    let most = -Infinity;
    newestItems(prefix).forEach((name, item) => {
      const own = this.directionOf(name);
      const held = new Map(Array.from(own.rows, (row, i) => [row, own.weights[i]!]));
      const shared = Array.from(rows, (row, i) => ({ row, logOdds: this.gain * (held.get(row) ?? 0) * weights[i]! })).filter(({ row }) => held.has(row));
      const sum = shared.reduce((total, { logOdds }) => total + logOdds, 0);
      if (sum > most) [most, nearest] = [sum, { item, rows: shared.map(({ row }) => row), logOdds: shared.map(({ logOdds }) => logOdds) }];
    });
    return nearest;
  }

  private directionOf(item: string): Direction {
    return this.items.of(item, () => direction(gramFeatures(item, this.rarity.length), this.rarity));
  }
}

/** `(1 + ln count) x rarity` of each feature, at length 1. */
export function direction(features: HashedFeatures, rarity: ArrayLike<number>): Direction {
  // A feature's weight is its count over the root of their number.
  const scale = Math.sqrt(features.rows.length);
  const weights = Float32Array.from(features.rows, (row, i) => (1 + Math.log(Math.max(1, features.weights[i]! * scale))) * rarity[row]!);
  const length = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0)) || 1;
  return { rows: features.rows, weights: weights.map((w) => w / length) };
}

/** Smoothed inverse document frequency of each feature row, [rows]: ln((1 + n) / (1 + documents(row))) + 1. */
export function fitRarity(documents: readonly string[], rows: number): Float32Array {
  const counts = new Float64Array(rows);
  for (const document of documents) for (const row of gramFeatures(document, rows).rows) counts[row]!++;
  return Float32Array.from(counts, (count) => Math.log((1 + documents.length) / (1 + count)) + 1);
}
