import { pieceRule } from '../guard';

const SLOT_LIKE = /<\|?[a-z_ ]{0,24}\|?>|\{\{?\s*\w+\s*\}?\}|\[(?:product|brand|offer|price|feature|interest|name)\]/gi;

/** No placeholder may reach a reader. */
export const unfilledSlots = pieceRule('unfilled-slots', (piece) =>
  Array.from(piece.text.matchAll(SLOT_LIKE), (match) => ({
    severity: 'BLOCKING' as const,
    message: `The placeholder ${match[0]} is still in the text: give the campaign that fact or write around it.`,
    span: { start: match.index, end: match.index + match[0].length },
  })),
);
