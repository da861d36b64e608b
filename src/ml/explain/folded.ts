/** A text in another spelling (lower case, compatibility forms) with the way back to where each of its characters stood. */
export interface Folded {
  readonly text: string;
  /** For each UTF-16 unit of the spelling the position in the source where its character starts. */
  readonly origin: ArrayLike<number>;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
// eslint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

/**
 * Characters are spelt one by one to learn where they stood. A few foldings look at neighbours (a sigma that ends a word); where that
 * changes the length, places are spread evenly, which moves them by a character at most in any real text.
 */
export function folded(source: string, fold: (text: string) => string): Folded {
  const text = fold(source);
  if (ASCII.test(source)) return { text, origin: Int32Array.from({ length: text.length }, (_, i) => i) };
  const origin: number[] = [];
  for (const { segment, index } of graphemes.segment(source)) {
    for (let i = fold(segment).length; i > 0; i--) origin.push(index);
  }
  if (origin.length === text.length) return { text, origin };
  return { text, origin: Int32Array.from({ length: text.length }, (_, i) => Math.floor((i * source.length) / text.length)) };
}
