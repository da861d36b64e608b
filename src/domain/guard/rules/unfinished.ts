import { doubtful, pieceRule, type Hit } from '../guard';

const DANGLING = /(?:^|\s)(?:an?|the|and|or|but|nor|your|our|my|their|with|than)[.!?]?$/i;

/** Copy that stops in the middle of a thought. */
export const unfinished = pieceRule('unfinished', (piece, context) => {
  const hits: Hit[] = [];
  const text = piece.text.trim();
  const dangling = DANGLING.exec(text);
  if (dangling) {
    hits.push({ severity: doubtful(context), message: 'Ends in a word that asks for another one.', span: { start: dangling.index, end: text.length } });
  }
  if (/[,;:(&-]$/.test(text)) {
    hits.push({ severity: doubtful(context), message: 'Ends in a mark that asks for more.', span: { start: text.length - 1, end: text.length } });
  }
  if (piece.format === 'BODY' && text !== '' && !/[.!?]["')]?$/.test(text)) {
    hits.push({ severity: context.strict ? 'BLOCKING' : 'INFO', message: 'A body ends with a full stop, a question mark or an exclamation mark.' });
  }
  if ((text.match(/"/g) ?? []).length % 2 === 1) {
    hits.push({ severity: doubtful(context), message: 'A quotation mark has no partner.' });
  }
  return hits;
});
