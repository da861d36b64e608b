/**
 * Texts and prefixes as vectors whose inner product is the wide part of the ranker's logit: its two sums of hashed embeddings are
 * a pair of towers as they are. Plain loops: a text is some fifty rows of one table.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AdloomError } from '../../base/errors';
import { prefixFeatures, textFeatures, type HashedFeatures } from '../gpt2/hashed-features';
import { wideParameters } from '../gpt2/wide';
import { parseRankerSettings } from '../serve/ranker-settings';
import { requireFinite } from '../weights/require-finite';
import { readSafetensors } from '../weights/safetensors';

export interface TextTower {
  /** W; 0 where the ranker has no wide part. */
  readonly width: number;
  /** float32 [n, W]. */
  texts(texts: readonly string[]): Float32Array;
  /** float32 [n, W]; zeros for an empty prefix. */
  prefixes(prefixes: readonly string[]): Float32Array;
}

/** Reads the wide part of a ranker's directory and nothing else of it. @throws MODEL_INVALID for one that does not fit its ranker.json */
export async function openTextTower(directory: string): Promise<TextTower> {
  const file = path.join(directory, 'ranker.json');
  const wide = existsSync(file) ? parseRankerSettings(await readFile(file, 'utf8')).wide : undefined;
  if (!wide) return { width: 0, texts: () => new Float32Array(0), prefixes: () => new Float32Array(0) };
  const { tensors } = await readSafetensors(path.join(directory, 'wide.safetensors'));
  const table = (name: string): Float32Array => {
    const { shape } = wideParameters(wide).find((parameter) => parameter.name === name)!;
    const tensor = tensors.get(name);
    if (!tensor || !(tensor.data instanceof Float32Array) || tensor.shape.join() !== shape.join()) {
      throw new AdloomError('MODEL_INVALID', `wide.safetensors must hold ${name} of shape [${shape.join(', ')}]; it holds ${tensor ? `[${tensor.shape.join(', ')}]` : 'none'}.`, {
        field: 'wide.safetensors',
        hint: 'wide.safetensors and ranker.json do not belong together.',
      });
    }
    requireFinite(new Map([[name, { shape, data: tensor.data }]]));
    return tensor.data;
  };
  const [ofTexts, ofPrefixes] = [table('wide.text'), table('wide.prefix')];
  const { buckets, dimensions } = wide;
  return {
    width: dimensions,
    texts: (list) => sums(ofTexts, dimensions, list.map((text) => textFeatures(text, buckets))),
    prefixes: (list) => sums(ofPrefixes, dimensions, list.map((prefix) => prefixFeatures(prefix, buckets))),
  };
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
