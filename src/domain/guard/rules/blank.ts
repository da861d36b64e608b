import { pieceRule } from '../guard';

/** A part that is there must say something. */
export const blank = pieceRule('blank', (piece) =>
  /[\p{L}\p{N}]/u.test(piece.text) ? [] : [{ severity: 'BLOCKING', message: 'Nothing to read here: write a text or leave the part out.' }],
);
