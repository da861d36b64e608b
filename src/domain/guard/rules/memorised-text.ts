import { doubtful, pieceRule, type Hit } from '../guard';
import { memorisedShare, NEAR_VERBATIM } from '../memorised-set';
import { normaliseLine } from '../../copy/text-fold';

/**
 * Copy may not repeat what the model merely remembers. Copy that won runs already: what was tuned on it is to vary it. Lines of our
 * own corpus are licensed for use, so that a repeat is only noted; text gathered elsewhere was for learning how headlines sound, and
 * a near-verbatim repeat is refused.
 */
export const memorisedText = pieceRule('memorised-text', (piece, context) => {
  const hits: Hit[] = [];
  if (piece.format !== 'CALL_TO_ACTION' && piece.template !== undefined && context.winners !== null && memorisedShare(piece.template, context.winners) >= NEAR_VERBATIM) {
    hits.push({ severity: doubtful(context), message: 'Repeats copy that won and that the writer was tuned on, nearly word for word: vary it.' });
  } else if (context.corpusLines?.has(normaliseLine(piece.text))) {
    hits.push({ severity: 'INFO', message: 'A line of the licensed corpus, word for word.' });
  } else if (context.memorised !== null && piece.format !== 'CALL_TO_ACTION' && memorisedShare(piece.text, context.memorised) >= NEAR_VERBATIM) {
    hits.push({ severity: doubtful(context), message: 'Repeats text that the model was trained on, nearly word for word: say it in another way.' });
  }
  return hits;
});
