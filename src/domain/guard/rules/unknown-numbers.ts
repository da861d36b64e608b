import { numbersIn } from '../fact-index';
import { doubtful, pieceRule } from '../guard';

/** A digit, price or percentage must be one of the campaign's facts. */
export const unknownNumbers = pieceRule('unknown-numbers', (piece, context) =>
  numbersIn(piece.text)
    .filter(({ token }) => !context.facts.hasNumber(token))
    .map(({ token, start, end }) => ({
      severity: doubtful(context),
      message: `${JSON.stringify(token)} is not among the campaign's facts: add the fact or take it out.`,
      span: { start, end },
    })),
);
