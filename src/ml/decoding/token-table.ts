/** What each token of a vocabulary writes, looked up once per model. */

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });

export interface TokenTable {
  /** Text of each token; empty for special tokens that write nothing. */
  texts: readonly string[];
  /** Length of each in user-perceived characters. */
  lengths: Uint16Array;
  /** 1 where a token must never be written: control characters, broken characters, markers. */
  forbidden: Uint8Array;
  /** 1 where a token holds a digit, a currency sign or a percent sign: what only facts may say. */
  factual: Uint8Array;
  /** Placeholders that are tokens of their own. */
  placeholders: ReadonlyMap<number, string>;
  /** 1 where a token ends the text: an end token, and line breaks. */
  ends: Uint8Array;
}

/** Letters, digits, spaces and the punctuation of prose. Everything else (markup, control, emoji, broken bytes) stays unwritten. */
const WRITABLE = /^[\p{L}\p{M}\p{N} .,;:!?'"’‘“”()&%$€£¥/+–—-]*$/u;
const FACTUAL = /[\p{N}%$€£¥]/u;

/**
 * @param decode text of one token
 * @param special whether a token is a special one, which only placeholders and ends may be
 * @param endTokens tokens that end a text
 */
export function buildTokenTable(size: number, decode: (id: number) => string, special: (id: number) => boolean, endTokens: readonly number[]): TokenTable {
  const texts: string[] = [];
  const lengths = new Uint16Array(size);
  const forbidden = new Uint8Array(size);
  const factual = new Uint8Array(size);
  const ends = new Uint8Array(size);
  const placeholders = new Map<number, string>();
  for (const id of endTokens) ends[id] = 1;
  for (let id = 0; id < size; id++) {
    const text = decode(id);
    const isEnd = ends[id] === 1;
    if (!isEnd && special(id)) {
      if (/^<[a-z]+>$/.test(text)) placeholders.set(id, text);
      else forbidden[id] = 1;
    } else if (/^ *\n/.test(text)) ends[id] = 1;
    else if (!isEnd && (text === '' || !WRITABLE.test(text))) forbidden[id] = 1;
    texts.push(ends[id] === 1 ? '' : text);
    lengths[id] = graphemes(texts[id]!);
    factual[id] = FACTUAL.test(texts[id]!) && !placeholders.has(id) ? 1 : 0;
  }
  return { texts, lengths, forbidden, factual, placeholders, ends };
}

/** Number of user-perceived characters. */
export function graphemes(text: string): number {
  // Plain ASCII without carriage returns has one per code unit.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let count = 0;
  for (const _ of SEGMENTER.segment(text)) count++;
  return count;
}
