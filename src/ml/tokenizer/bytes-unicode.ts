/**
 * GPT-2's table of bytes as printable characters, so that any byte string is a JSON-safe text: printable Latin-1 stands for
 * itself, the other 68 bytes for U+0100 onwards (space is U+0120, newline U+010A). Source: openai/gpt-2 `encoder.py`.
 */
export const BYTE_TO_CHAR: readonly string[] = table();
export const CHAR_TO_BYTE: ReadonlyMap<string, number> = new Map(BYTE_TO_CHAR.map((char, byte) => [char, byte]));

/** The 256 characters by code point: the first 256 ids of a trained vocabulary. */
export const ALPHABET: readonly string[] = [...BYTE_TO_CHAR].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);

function table(): string[] {
  const printable = (byte: number): boolean => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

const encoder = new TextEncoder();

/** UTF-8 bytes of a text as table characters. A lone surrogate becomes the bytes of U+FFFD. */
export function toByteChars(text: string): string {
  let out = '';
  for (const byte of encoder.encode(text)) out += BYTE_TO_CHAR[byte]!;
  return out;
}
