import { doubtful, pieceRule, type Hit } from '../guard';
import { fold, wordsIn } from '../../copy/text-fold';

/** "the the" is a slip; the same long word three times in one part is a stutter. */
export const repeatedWords = pieceRule('repeated-words', (piece, context) => {
  const hits: Hit[] = [];
  const counts = new Map<string, number>();
  const words = wordsIn(piece.text);
  words.forEach((word, index) => {
    const key = fold(word.text);
    const next = words[index + 1];
    if (next && fold(next.text) === key && /^\s+$/.test(piece.text.slice(word.end, next.start))) {
      hits.push({ severity: doubtful(context), message: `${JSON.stringify(word.text)} stands twice in a row.`, span: { start: word.start, end: next.end } });
    }
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    if (count === 3 && key.length >= 5) {
      hits.push({ severity: doubtful(context), message: `${JSON.stringify(word.text)} comes three times: vary it.`, span: { start: word.start, end: word.end } });
    }
  });
  return hits;
});
