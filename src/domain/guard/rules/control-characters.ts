import { pieceRule } from '../guard';

// Controls (line breaks and tabs too: copy is one line), bidirectional overrides, invisible fillers, lone surrogates.
const FORBIDDEN = /[\p{Cc}\u200b\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffc-\uffff]|\p{Cs}/gu;

/** Copy holds no character that a reader cannot see. */
export const controlCharacters = pieceRule('control-characters', (piece) =>
  Array.from(piece.text.matchAll(FORBIDDEN), (match) => ({
    severity: 'BLOCKING' as const,
    message: `Invisible character U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}: take it out.`,
    span: { start: match.index, end: match.index + match[0].length },
  })),
);
