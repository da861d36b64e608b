import { graphemeCount, graphemeIndex } from '../../copy/graphemes';
import { pieceRule } from '../guard';

/** A part may not be longer than its format allows; copy is never cut. */
export const length = pieceRule('length', (piece, { limits }) => {
  const limit = limits[piece.format];
  const count = graphemeCount(piece.text);
  if (count <= limit) return [];
  return [
    {
      severity: 'BLOCKING',
      message: `${count} characters where ${limit} are allowed: take out ${count - limit}.`,
      span: { start: graphemeIndex(piece.text, limit), end: piece.text.length },
    },
  ];
});
