/**
 * Where in a text each token stands. Tokens are runs of UTF-8 bytes and may hold a part of a character: such a token stands where
 * that character does, so that tokens of one character share their place.
 */
import { toByteChars } from './bytes-unicode';

export interface TokenOffsets {
  /** As `encode` gives them. */
  readonly ids: number[];
  /** UTF-16 positions in the text, [tokens]: a token stands in `text.slice(starts[i], ends[i])`, its leading space with it. */
  readonly starts: number[];
  readonly ends: number[];
}

/** For each UTF-8 byte of a text: where the character that it belongs to starts and ends, in UTF-16 units. */
function placesOfBytes(text: string): { starts: number[]; ends: number[] } {
  const places = { starts: [] as number[], ends: [] as number[] };
  let at = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    // A lone surrogate is encoded as U+FFFD: three bytes, as any other character of its range.
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let i = 0; i < bytes; i++) {
      places.starts.push(at);
      places.ends.push(at + character.length);
    }
    at += character.length;
  }
  return places;
}

/**
 * Adds the places of one word's tokens.
 * @param lengths bytes of each token
 * @param knows whether the vocabulary has this byte; encoding leaves out those that it lacks
 * @param at where the word starts in the text
 * @param least where the text of the word's part starts: a space put before it stands nowhere
 */
export function addWordOffsets(to: TokenOffsets, word: string, lengths: readonly number[], knows: (byteChar: string) => boolean, at: number, least: number): void {
  const { starts, ends } = placesOfBytes(word);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let bytes = Array.from({ length: starts.length }, (_, i) => i);
  if (total !== starts.length) {
    const chars = [...toByteChars(word)];
    bytes = bytes.filter((i) => knows(chars[i]!));
  }
  let next = 0;
  for (const length of lengths) {
    to.starts.push(Math.max(least, at + starts[bytes[next]!]!));
    next += length;
    to.ends.push(Math.max(least, at + ends[bytes[next - 1]!]!));
  }
}
