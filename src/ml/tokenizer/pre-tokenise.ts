/**
 * GPT-2's split of a text into words, each of which is merged on its own: contractions, letters, numbers, other signs (each
 * with one space in front), runs of white space. Source: openai/gpt-2 `encoder.py`. The pattern is JavaScript's, as in
 * transformers.js; the Rust one differs in two characters, for which `\s` is decided otherwise: U+0085 and U+FEFF.
 */
const WORDS = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

export function preTokenise(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/** A pattern that finds the special tokens, the longer before the shorter; undefined where there are none. */
export function specialPattern(specials: readonly string[]): RegExp | undefined {
  if (specials.length === 0) return undefined;
  const longestFirst = [...specials].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return new RegExp(`(${longestFirst.map((token) => token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')})`, 'g');
}

/** Texts at even places (possibly empty), special tokens at odd ones. */
export function splitSpecials(text: string, pattern: RegExp | undefined): string[] {
  return pattern ? text.split(pattern) : [text];
}
