import { createHash } from 'node:crypto';
import type { Weights } from '../gpt2/parameters';

/**
 * Which base an adapter belongs to: sha256 over names, shapes and float32 values of all weights, in order of name. The same base
 * has the same hash however its files are cut or named, and another when one weight differs.
 */
export function baseHash(weights: Weights): string {
  const hash = createHash('sha256');
  for (const [name, { shape, data }] of [...weights].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name} [${shape.join(',')}]\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
