import { hash32 } from '../../base/rng';
import { writerPrompt } from '../../domain/copy/prompt';
import type { BpeTokenizer } from '../../ml/tokenizer/bpe';
import { documentBuilder, type Documents } from '../../ml/train/documents';
import { copyDocument } from '../training/writer-documents';
import type { Contest, CopyTemplate } from './winners';

/**
 * Whether a line is kept for validation: one in five, by what it was written for, so that no line kept back competes with one that is
 * trained on behind the same prompt. Copy for anybody is told apart by its text.
 */
export function isLineHeldOut({ prompt: { vertical, interests }, text }: CopyTemplate): boolean {
  return hash32(`winner:${interests.length > 0 ? `${vertical}:${interests.join()}` : text}`) % 5 === 0;
}

/** Lines that did not win, of which validation reads this many at most. */
const MOST_OTHERS = 200;

/**
 * Prompts and copy of the winners, each line at its lift, which is 1 on average over those to train on. For validation, what was kept
 * back of the winners, and of the lines that did not win. What was asked is not learnt.
 */
export function winnerDocuments({ winners, others }: Contest, tokenizer: BpeTokenizer): { training: Documents; held: Documents; others: Documents } {
  const [training, held, rest] = [documentBuilder(), documentBuilder(), documentBuilder()];
  const learnt = winners.filter((winner) => !isLineHeldOut(winner));
  const mean = learnt.reduce((sum, { lift }) => sum + lift, 0) / learnt.length;
  const add = (builder: typeof training, { prompt, text }: CopyTemplate, copy: number): void => {
    const { ids, weights } = copyDocument(tokenizer, writerPrompt(prompt), text, { prompt: 0, copy });
    builder.add(ids, weights);
  };
  for (const winner of winners) add(isLineHeldOut(winner) ? held : training, winner, winner.lift / mean);
  const drawn = others.filter(isLineHeldOut).toSorted((a, b) => hash32(`other:${a.text}`) - hash32(`other:${b.text}`)).slice(0, MOST_OTHERS);
  for (const other of drawn) add(rest, other, 1);
  return { training: training.build(), held: held.build(), others: rest.build() };
}
