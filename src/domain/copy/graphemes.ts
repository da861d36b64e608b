/**
 * Lengths of copy are counted in user-perceived characters (extended grapheme clusters, UAX 29): a flag or a letter
 * with its accent is one, as in the limits that ad networks publish.
 */
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

// In ASCII every character is its own cluster, but for CR LF; copy is mostly ASCII and segmentation is slow.
const ONE_TO_ONE = /^[\x20-\x7e]*$/;

export function graphemeCount(text: string): number {
  if (ONE_TO_ONE.test(text)) return text.length;
  let count = 0;
  for (const _ of segmenter.segment(text)) count++;
  return count;
}

/** UTF-16 index at which the cluster number `limit` ends; the text's length when it is shorter. */
export function graphemeIndex(text: string, limit: number): number {
  if (ONE_TO_ONE.test(text)) return Math.min(limit, text.length);
  let count = 0;
  for (const { index } of segmenter.segment(text)) {
    if (count === limit) return index;
    count++;
  }
  return text.length;
}
