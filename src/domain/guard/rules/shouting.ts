import { doubtful, pieceRule, type Hit } from '../guard';
import { wordsIn } from '../../copy/text-fold';

/** Capitals and exclamation marks by the handful read as spam, and ad networks refuse them. */
export const shouting = pieceRule('shouting', (piece, context) => {
  const hits: Hit[] = [];
  for (const word of wordsIn(piece.text)) {
    const capitals = word.text.length >= 4 && word.text === word.text.toUpperCase() && word.text !== word.text.toLowerCase();
    if (capitals && !context.facts.hasWord(word.text)) {
      hits.push({ severity: doubtful(context), message: `${JSON.stringify(word.text)} is all capitals: write it as a word.`, span: { start: word.start, end: word.end } });
    }
  }
  const marks = /[!?]{2,}|!.*!/u.exec(piece.text);
  if (marks) {
    hits.push({ severity: doubtful(context), message: 'More than one exclamation mark: one is enough.', span: { start: marks.index, end: marks.index + marks[0].length } });
  }
  return hits;
});
