import { AdloomError } from '../../base/errors';
import type { WordWeights } from '../../ml/lora/words';
import { fitRates } from './choice-curves';
import type { Curves } from './choice-examples';
import { fitWords, startLogits, type WordLog } from './fit-words';
import { TextFeatures } from './text-features';

/** What words are learnt from. Plain data, for it may cross to a thread. */
export interface WordsJob {
  /** Choices of each vertical apart, with raw log-odds of each by the base and the start's layers, without words. */
  readonly logs: readonly Pick<WordLog, 'choices' | 'base'>[];
  /** How the base's logits become log-odds of a click; each log has a rate of its own. */
  readonly curves: Curves;
  /** What words the start has are where the prior is. */
  readonly start?: WordWeights;
  /** Learnt to begin another log with, of other copy. */
  readonly forOtherCopy?: boolean;
}

export interface LearntWords {
  readonly words: WordWeights;
  /** Of each log: those under which its words were learnt. */
  readonly curves: readonly Curves[];
  readonly loss: number;
  readonly steps: number;
}

/** Words from logs of any size, as sure as there are choices. @throws ADAPTER_INVALID for a start of an earlier version */
export function learnWords({ logs, curves, start, forOtherCopy }: WordsJob): LearntWords {
  if (start?.ofBase) throw new AdloomError('ADAPTER_INVALID', 'The start has words as an earlier version read them; none can be learnt on top of them.', { field: 'from', hint: 'Begin at the base, or at an adapter that was trained since.' });
  const features = new TextFeatures();
  const atRate = logs.map(({ choices, base }): WordLog => {
    const before = startLogits(choices, base, { words: start, features });
    return { choices, base, before, curves: fitRates(choices, before, curves) };
  });
  const { words, loss, steps } = fitWords(atRate, { words: start, features, forOtherCopy });
  // Of everybody, whoever clicks readily among them: what serving knows of a person is their profile.
  return { words, curves: atRate.map((log) => fitRates(log.choices, startLogits(log.choices, log.base, { words, features }), log.curves)), loss, steps };
}
