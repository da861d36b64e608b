/**
 * What the ranker says of prefix and text together, GPT-2 left out, in a form that can be searched: the two sums of hashed embeddings
 * of its wide part, which are a pair of towers as they are, and the shared words of its nearness. Plain loops, no graph.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gramFeatures, rarityParameter } from '../gpt2/grams';
import { newestItems, prefixFeatures, textFeatures, type HashedFeatures } from '../gpt2/hashed-features';
import { direction } from '../gpt2/nearness';
import type { ParameterSpec } from '../gpt2/parameters';
import { wideParameters } from '../gpt2/wide';
import { readRankerPart } from '../serve/ranker-part';
import { parseRankerSettings, type RankerSettings } from '../serve/ranker-settings';
import { requireFinite } from '../weights/require-finite';
import type { SparseVector } from './postings';

export interface TextTower {
  /** W; 0 where the ranker has no wide part. */
  readonly width: number;
  /** float32 [n, W]. */
  texts(texts: readonly string[]): Float32Array;
  /** float32 [n, W]; zeros for an empty prefix. */
  prefixes(prefixes: readonly string[]): Float32Array;
  /** Of shared words; null where the ranker does not count them. */
  readonly near: NearTower | null;
}

export interface NearTower {
  /** Log-odds of a text that is all that an item of the prefix is. */
  readonly gain: number;
  /** Of length 1: inner products are cosines. */
  text(text: string): SparseVector;
  items(prefix: string): SparseVector[];
}

/** Reads these parts of a ranker's directory and nothing else of it. @throws MODEL_INVALID where they do not fit its ranker.json */
export async function openTextTower(directory: string): Promise<TextTower> {
  const file = path.join(directory, 'ranker.json');
  const settings: RankerSettings = existsSync(file) ? parseRankerSettings(await readFile(file, 'utf8')) : {};
  return { ...(await openWide(directory, settings)), near: await openNear(directory, settings) };
}

async function openWide(directory: string, { wide }: RankerSettings): Promise<Omit<TextTower, 'near'>> {
  if (!wide) return { width: 0, texts: () => new Float32Array(0), prefixes: () => new Float32Array(0) };
  const [texts, prefixes] = (await tables(directory, 'wide.safetensors', wideParameters(wide).slice(0, 2))) as [Float32Array, Float32Array];
  const { buckets, dimensions } = wide;
  return {
    width: dimensions,
    texts: (list) => sums(texts, dimensions, list.map((text) => textFeatures(text, buckets))),
    prefixes: (list) => sums(prefixes, dimensions, list.map((prefix) => prefixFeatures(prefix, buckets))),
  };
}

async function openNear(directory: string, { grams }: RankerSettings): Promise<NearTower | null> {
  if (!grams?.nearness) return null;
  const [rarity] = (await tables(directory, 'grams.safetensors', [rarityParameter(grams)])) as [Float32Array];
  const text = (of: string): SparseVector => direction(gramFeatures(of, grams.rows), rarity);
  return { gain: grams.nearness, text, items: (prefix) => newestItems(prefix).map(text) };
}

async function tables(directory: string, file: string, parameters: readonly ParameterSpec[]): Promise<Float32Array[]> {
  const part = await readRankerPart(directory, file, parameters);
  requireFinite(part);
  return Array.from(part.values(), ({ data }) => data);
}

/** What prefix and text say together, of each text: float32 [n]. The wide part's inner product and the nearest item's gain. */
export function personalScores(tower: TextTower, prefix: string, texts: readonly string[]): Float32Array {
  const W = tower.width;
  const [query, rows] = [tower.prefixes([prefix]), tower.texts(texts)];
  const items = (tower.near?.items(prefix) ?? []).map((item) => new Map(Array.from(item.rows, (row, i) => [row, item.weights[i]!] as const)));
  return Float32Array.from(texts, (text, n) => {
    let score = 0;
    for (let d = 0; d < W; d++) score += query[d]! * rows[n * W + d]!;
    if (items.length === 0) return score;
    const { rows: features, weights } = tower.near!.text(text);
    const cosines = items.map((item) => features.reduce((sum, feature, i) => sum + weights[i]! * (item.get(feature) ?? 0), 0));
    return score + tower.near!.gain * Math.max(...cosines);
  });
}

/** The weighted sum of each list's rows of the table, float32 [n, W]. */
function sums(table: Float32Array, W: number, lists: readonly HashedFeatures[]): Float32Array {
  const out = new Float32Array(lists.length * W);
  lists.forEach(({ rows, weights }, n) => {
    const sum = new Float64Array(W);
    rows.forEach((row, i) => {
      for (let d = 0; d < W; d++) sum[d] = sum[d]! + table[row * W + d]! * weights[i]!;
    });
    out.set(sum, n * W);
  });
  return out;
}
