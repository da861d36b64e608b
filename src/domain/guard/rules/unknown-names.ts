import { doubtful, pieceRule, type GuardContext, type Hit } from '../guard';
import { opensSentenceAt, wordsIn, type Word } from '../../copy/text-fold';

/**
 * A name must be one of the campaign's. What counts as a name: a capitalised word inside a sentence; and any word,
 * wherever it stands, that neither the lexicon of common words nor the facts hold, which also catches words that do not exist.
 */
export const unknownNames = pieceRule('unknown-names', (piece, context) => {
  const hits: Hit[] = [];
  for (const word of wordsIn(piece.text)) {
    if (context.facts.hasWord(word.text)) continue;
    const message = problemWith(word, piece.text, context);
    if (message !== null) hits.push({ severity: doubtful(context), message, span: { start: word.start, end: word.end } });
  }
  return hits;
});

function problemWith(word: Word, text: string, { lexicon, strict }: GuardContext): string | null {
  const capital = /^\p{Lu}/u.test(word.text);
  const named = `${JSON.stringify(word.text)} looks like a name that the campaign's facts do not have: add the fact or take it out.`;
  if (capital && !opensSentenceAt(text, word.start)) {
    return lexicon?.hasProper(word.text) || word.text === 'I' ? null : named;
  }
  // A person may use more words than the lexicon has; a model may not.
  if (!strict || lexicon === null || lexicon.has(word.text)) return null;
  return capital ? named : `${JSON.stringify(word.text)} is neither a common word of copy nor one of the campaign's facts.`;
}
