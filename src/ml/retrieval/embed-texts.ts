/**
 * What the index keeps of a text, so that one inner product estimates the ranker's logit behind any prefix:
 *
 *     row   = [ the text tower's W numbers | behind | alone ]
 *     query = [ the prefix tower's W numbers | 1 | 0 ], or [ 0 ... 0 | 0 | 1 ] for an empty prefix
 *
 * to which the index adds the words that the text shares with the prefix. `alone` is the ranker's logit without a prefix, so that there the first stage is exact. `behind` stands for all of the ranker
 * that is not so personal: its logit behind some anchor prefixes, less what towers and shared words say of each, on average. GPT-2 reads a text
 * behind a prefix otherwise than alone (their logits correlate with 0.05 to 0.25), but nearly alike behind one prefix or another;
 * so a mean over very few prefixes of mixed topics says most of what it will say behind a new one.
 */
import { badInput } from '../../base/errors';
import type { Scorer } from '../serve/types';
import type { Retriever } from './open-retriever';

export interface EmbedOptions {
  /** Prefixes that stand for those to come: of mixed topics, as long as real ones; at least one. */
  readonly anchors: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Rows for the index, float32 [n, W + 2]. Costs one pass of the model per text and anchor, and one without a prefix.
 * @throws BAD_INPUT without anchors or with an empty one; CANCELLED
 */
export async function embedTexts(models: { scorer: Scorer; retriever: Retriever }, texts: readonly string[], { anchors, signal }: EmbedOptions): Promise<Float32Array> {
  if (anchors.length === 0 || anchors.includes('')) throw badInput('anchors', 'Embedding needs at least one anchor prefix, none of them empty.');
  const { scorer, retriever } = models;
  const W = retriever.width;
  const D = W + 2;
  const rows = new Float32Array(texts.length * D);
  if (texts.length === 0) return rows;
  const ofTexts = await retriever.embedTexts(texts);
  const behind = new Float64Array(texts.length);
  for (const prefix of anchors) {
    const [{ scores }, personal] = await Promise.all([scorer.score({ prefix, texts }, { signal }), retriever.personal(prefix, texts)]);
    scores.forEach(({ logit }, n) => (behind[n] = behind[n]! + (logit - personal[n]!) / anchors.length));
  }
  const alone = (await scorer.score({ prefix: '', texts }, { signal })).scores;
  texts.forEach((_, n) => {
    rows.set(ofTexts.subarray(n * W, (n + 1) * W), n * D);
    rows[n * D + W] = behind[n]!;
    rows[n * D + W + 1] = alone[n]!.logit;
  });
  return rows;
}
