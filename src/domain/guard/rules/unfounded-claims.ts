import { doubtful, pieceRule } from '../guard';
import { findPhrase } from '../phrases';

/** What needs a fact behind it although it holds no digit. */
const CLAIMS = [
  'free', 'for nothing', 'half price', 'half off', 'discount', 'discounts', 'discounted', 'on sale', 'cheapest', 'lowest price',
  'guaranteed', 'guarantee', 'guarantees', 'risk-free', 'number one', 'award-winning', 'clinically proven', 'proven', 'doctor',
  'scientifically', 'world\'s best', 'the best', 'organic', 'carbon neutral', 'limited edition', 'money back', 'no risk',
  'no fees', 'tax-free', 'interest-free', 'approved',
] as const;

/** Uses of these words that claim nothing. */
const HARMLESS = ['feel free', 'free time', 'free hand', 'free day', 'free evening', 'free hour', 'free weekend', 'free afternoon', 'debt free', 'the best of', 'the best part', 'the best bit', 'the best kind'];

/** An offer, superlative or assurance must be one of the campaign's facts, word for word. */
export const unfoundedClaims = pieceRule('unfounded-claims', (piece, context) => {
  const harmless = HARMLESS.flatMap((phrase) => findPhrase(piece.text, phrase));
  return CLAIMS.flatMap((claim) =>
    findPhrase(piece.text, claim)
      .filter((span) => !harmless.some((other) => other.start <= span.start && span.end <= other.end))
      .filter(() => !context.facts.hasPhrase(claim))
      .map((span) => ({
        severity: doubtful(context),
        message: `${JSON.stringify(claim)} claims something that the campaign's facts do not say: add the fact or take it out.`,
        span,
      })),
  );
});
