/** The terms of a text, as scikit-learn's analysers make them, so that figures can be held against those of others. */
export type Analyser = 'word' | 'character';

/** scikit-learn's `(?u)\b\w\w+\b`: runs of two or more letters, digits or underscores, in lower case. */
const WORDS = /[\p{L}\p{N}_]{2,}/gu;

/** Word n-grams joined by one space, for n from `shortest` to `longest`. */
export function wordNGrams(text: string, shortest: number, longest: number): string[] {
  const words = text.toLowerCase().match(WORDS) ?? [];
  const terms: string[] = [];
  for (let n = shortest; n <= longest; n++) {
    for (let i = 0; i + n <= words.length; i++) terms.push(n === 1 ? words[i]! : words.slice(i, i + n).join(' '));
  }
  return terms;
}

/**
 * Character n-grams within words, each word with a space on both sides (scikit-learn's `char_wb`): a word shorter than n counts
 * once, whole. Characters are code points.
 */
export function characterNGrams(text: string, shortest: number, longest: number): string[] {
  const terms: string[] = [];
  for (const word of text.toLowerCase().split(/\s+/u)) {
    if (word === '') continue;
    const padded = ` ${word} `;
    // Plain strings index code units: only words beyond the basic plane need the slower list.
    const units: string | string[] = /[\ud800-\udfff]/.test(padded) ? [...padded] : padded;
    const cut = (from: number, to: number): string => (typeof units === 'string' ? units.slice(from, to) : units.slice(from, to).join(''));
    for (let n = shortest; n <= longest; n++) {
      terms.push(cut(0, n));
      for (let i = 1; i + n <= units.length; i++) terms.push(cut(i, i + n));
      if (units.length <= n) break;
    }
  }
  return terms;
}

export function analyse(analyser: Analyser, text: string, shortest: number, longest: number): string[] {
  return analyser === 'word' ? wordNGrams(text, shortest, longest) : characterNGrams(text, shortest, longest);
}
