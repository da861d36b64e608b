import { createHash } from 'node:crypto';
import { ANCHORS } from './anchors';

/** What an embedding was made of. Another text or other anchors give another hash, and the row is stale. */
export function embeddingHash(text: string): string {
  return createHash('sha256').update(JSON.stringify([ANCHORS, text])).digest('hex').slice(0, 32);
}
