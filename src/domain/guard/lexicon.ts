import { fold, opensSentenceAt, wordsIn } from '../copy/text-fold';

/** Words that copy may use without a fact behind them. */
export interface Lexicon {
  readonly size: number;
  /** Common word, in any letter case. */
  has(word: string): boolean;
  /** Word that is written with a capital wherever it stands: `I`, `Monday`, `Spanish`. */
  hasProper(word: string): boolean;
}

/** Every word of the given lines; for building the lexicon of common words from the corpus of copy. */
export function buildLexicon(lines: Iterable<string>): Lexicon {
  const common = new Set<string>();
  const proper = new Set<string>(['i']);
  for (const raw of lines) {
    const line = raw.replace(/<[a-z]+>/g, 'x');
    for (const word of wordsIn(line)) {
      const key = wordKey(word.text);
      common.add(key);
      if (/^\p{Lu}/u.test(word.text) && !opensSentenceAt(line, word.start)) proper.add(key);
    }
  }
  return { size: common.size, has: (word) => common.has(wordKey(word)), hasProper: (word) => proper.has(wordKey(word)) };
}

/** A genitive counts as its noun; `I'm` and `I'll` as `I`. */
function wordKey(word: string): string {
  const folded = fold(word).replace(/'s$/, '');
  return folded.startsWith("i'") ? 'i' : folded;
}
