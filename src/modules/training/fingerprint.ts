import { createHash } from 'node:crypto';

/** A short hash of settings and of flat training data: two runs with equal fingerprints would do the same. */
export function fingerprintOf(settings: unknown, data: readonly object[]): string {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const part of data) {
    for (const array of Object.values(part)) {
      if (ArrayBuffer.isView(array)) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      else hash.update(JSON.stringify(array));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
