/** Text without letter case and accents, with the way back to where each character stood. */
export interface Folded {
  readonly text: string;
  /** `origin[i]` is the UTF-16 index in the source of the folded character i; one more entry marks the end. */
  readonly origin: readonly number[];
}

export function foldWithOrigin(source: string): Folded {
  let text = '';
  const origin: number[] = [];
  let index = 0;
  for (const character of source) {
    const folded = fold(character);
    for (let i = 0; i < folded.length; i++) origin.push(index);
    text += folded;
    index += character.length;
  }
  origin.push(source.length);
  return { text, origin };
}

export function fold(source: string): string {
  // What is not seen (soft hyphens, joiners, spaces of no width) parts no word.
  const plain = source.normalize('NFKD').replace(/[\p{M}\p{Cf}]+/gu, '').toLowerCase();
  return plain.replace(/[\u2018\u2019\u02bc]/g, "'").replace(/[\u2010\u2011]/g, '-').replace(/ß/g, 'ss').replace(/ł/g, 'l').replace(/ø/g, 'o');
}

/** Folded, letters and digits only, single spaces: two lines with the same result say the same. */
export function normaliseLine(source: string): string {
  return fold(source).replace(/'/g, '').replace(/[^\p{L}\p{N}<>]+/gu, ' ').trim();
}

export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Words of letters; apostrophes inside a word belong to it, hyphens part words. */
export function wordsIn(text: string): Word[] {
  return Array.from(text.matchAll(/\p{L}[\p{L}\p{M}]*(?:['\u2019]\p{L}+)*/gu), (match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Whether the word at `start` opens a sentence. */
export function opensSentenceAt(text: string, start: number): boolean {
  const before = text.slice(0, start).replace(/["'\u201c\u2018(\s]+$/, '');
  return before === '' || /[.!?:]$/.test(before);
}
