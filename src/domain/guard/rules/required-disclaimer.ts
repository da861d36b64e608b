import type { GuardRule } from '../guard';

/** The campaign's disclaimer stands in the copy, word for word. */
export const requiredDisclaimer: GuardRule = {
  name: 'required-disclaimer',
  check(pieces, { requiredDisclaimer: disclaimer }) {
    if (disclaimer === null || disclaimer.trim() === '') return [];
    const wanted = oneLine(disclaimer);
    if (pieces.some((piece) => oneLine(piece.text).includes(wanted))) return [];
    return [
      {
        rule: 'required-disclaimer',
        severity: 'BLOCKING',
        field: null,
        message: `The campaign requires the words ${JSON.stringify(disclaimer)}: put them into the body.`,
        span: null,
      },
    ];
  },
};

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
