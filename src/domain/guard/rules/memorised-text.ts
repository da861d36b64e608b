import { doubtful, pieceRule, type Hit } from '../guard';
import { memorisedShare } from '../memorised-set';
import { normaliseLine } from '../../copy/text-fold';

const NEAR_VERBATIM = 0.75;

/**
 * Copy may not repeat what the model merely remembers. Lines of our own corpus are licensed for use, so that a repeat is
 * only noted; text gathered elsewhere was for learning how headlines sound, and a near-verbatim repeat is refused.
 */
export const memorisedText = pieceRule('memorised-text', (piece, context) => {
  const hits: Hit[] = [];
  if (context.corpusLines?.has(normaliseLine(piece.text))) {
    hits.push({ severity: 'INFO', message: 'A line of the licensed corpus, word for word.' });
  } else if (context.memorised !== null && piece.format !== 'CALL_TO_ACTION' && memorisedShare(piece.text, context.memorised) >= NEAR_VERBATIM) {
    hits.push({ severity: doubtful(context), message: 'Repeats text that the model was trained on, nearly word for word: say it in another way.' });
  }
  return hits;
});
