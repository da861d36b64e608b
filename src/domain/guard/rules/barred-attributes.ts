import { barredTermsIn } from '../../profile/barred-attributes';
import { doubtful, pieceRule } from '../guard';

/** In a regulated vertical copy may not speak to people by age, gender, parental or marital status, or where they live. */
export const barredAttributes = pieceRule('barred-attributes', (piece, context) =>
  barredTermsIn(piece.text, context.vertical).map(({ attribute, span }) => ({
    severity: doubtful(context),
    message: `Speaks of ${attribute}, which may not decide who sees a ${context.vertical.toLowerCase()} ad.`,
    span,
  })),
);
