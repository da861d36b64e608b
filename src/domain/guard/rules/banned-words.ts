import { findPhrase } from '../phrases';
import { pieceRule } from '../guard';

/** Words and phrases the campaign's voice forbids, as whole words, whatever the letter case and accents. */
export const bannedWords = pieceRule('banned-words', (piece, { bannedWords: banned }) =>
  banned.flatMap((word) =>
    findPhrase(piece.text, word).map((span) => ({
      severity: 'BLOCKING' as const,
      message: `The campaign bans ${JSON.stringify(word)}.`,
      span,
    })),
  ),
);
