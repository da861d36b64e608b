/** Where the path of an explanation starts: the embedding of a word that says nothing. */
import type { Gpt2Config } from '../gpt2/config';
import type { Weights } from '../gpt2/parameters';
import type { BpeTokenizer } from '../tokenizer/bpe';

/** English words that any text may have. */
const COMMON = [' the', ' a', ' of', ' and', ' to', ' in', ' for', ' is'];

/**
 * The mean embedding of the commonest words, [C]; of all tokens where the vocabulary has none of those words as one token. Tried on the
 * shipped ranker against zeros, the end-of-text token, a space and the mean of all tokens: with this one and with " the" alone the path
 * needs the fewest steps, and taking out the strongest word moves the score its way most often (README).
 */
export function neutralEmbedding({ vocabulary, channels: C }: Gpt2Config, weights: Weights, tokenizer: BpeTokenizer): Float32Array {
  const { data } = weights.get('wte.weight')!;
  const common = COMMON.map((word) => tokenizer.encode(word, { specials: 'text' })).flatMap((ids) => (ids.length === 1 ? ids : []));
  const rows = common.length > 0 ? common : Array.from({ length: vocabulary }, (_, id) => id);
  const sum = new Float64Array(C);
  for (const row of rows) for (let c = 0; c < C; c++) sum[c]! += data[row * C + c]!;
  return Float32Array.from(sum, (value) => value / rows.length);
}
