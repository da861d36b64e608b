/**
 * Writes many texts from one prompt with GPT-2. The prompt is read once for all of them; rows that end leave the batch, and waiting
 * ones take their places, so that every step is full until the last rows end.
 */
import { AdloomError } from '../../base/errors';
import type { Continuation } from '../decoding/language-model';
import type { Distribution } from '../decoding/sampler';
import type { Gpt2Config } from '../gpt2/config';
import type { Feeds, Session, TensorValue } from '../runtime/session';
import { promptFeeds, RowCache } from './row-cache';

/** Hides a slot from attention. */
const HIDDEN = -1e9;

interface Writing {
  /** Number of the row, as the caller counts. */
  readonly row: number;
  /** The token that the next step reads. */
  token: number;
  drawn: number;
}

/**
 * @param session of `continuationGraph(config, ...)`
 * @param batch rows of a step at most
 * @throws MODEL_INVALID for a token that the model does not have, and when the graph fails
 */
export async function continueRows(session: Session, config: Gpt2Config, batch: number, continuation: Continuation): Promise<void> {
  const { prompt, rows, maxTokens, temperature, choose, cancelled } = continuation;
  requireIds(prompt, config);
  const sharpness: TensorValue = { dtype: 'float32', dims: [], data: Float32Array.of(temperature > 0 ? 1 / temperature : 1) };
  const read = await session.run({ ...promptInputs(config, prompt), sharpness });
  const first = distributionAt(read, 0, temperature);
  const shared: Feeds = { ...promptFeeds(config, read['kept']!.data as Float32Array, prompt.length), sharpness };
  const capacity = Math.min(batch, rows);
  const cache = new RowCache(config, capacity, Math.max(1, maxTokens - 1));
  const writing: Writing[] = [];
  let next = 0;
  const fill = (): void => {
    while (writing.length < capacity && next < rows && !cancelled()) {
      const row = next++;
      const token = choose(row, first);
      if (token === undefined || maxTokens < 2) continue;
      writing.push({ row, token, drawn: 1 });
      cache.add();
    }
  };
  for (fill(); writing.length > 0 && !cancelled(); fill()) {
    const step = await session.run({ ...stepInputs(writing, cache, prompt.length), ...shared, ...cache.feeds() });
    cache.append(step['kept']!.data as Float32Array);
    takeStep(step, writing, cache, continuation);
  }
}

/** Chooses for every row; from the last to the first, so that those that end can leave. */
function takeStep(step: Record<string, TensorValue>, writing: Writing[], cache: RowCache, { maxTokens, temperature, choose }: Continuation): void {
  for (let at = writing.length - 1; at >= 0; at--) {
    const state = writing[at]!;
    const token = choose(state.row, distributionAt(step, at, temperature));
    state.drawn++;
    if (token !== undefined && state.drawn < maxTokens) {
      state.token = token;
      continue;
    }
    cache.remove(at);
    const last = writing.pop()!;
    if (at < writing.length) writing[at] = last;
  }
}

function distributionAt({ logits, summary }: Record<string, TensorValue>, row: number, temperature: number): Distribution {
  const V = logits!.dims[1]!;
  const [max, plain, plainRest, sharp, sharpRest] = (summary!.data as Float32Array).subarray(5 * row, 5 * row + 5) as unknown as [number, number, number, number, number];
  return { logits: (logits!.data as Float32Array).subarray(row * V, (row + 1) * V), max, normaliser: max + Math.log(plain + plainRest), tempered: max / (temperature || 1) + Math.log(sharp + sharpRest) };
}

/** The prompt as one row, causal, behind a slot of each kind that holds nothing. */
function promptInputs(config: Gpt2Config, prompt: readonly number[]): Feeds {
  const T = prompt.length;
  const W = T + 2;
  const bias = new Float32Array(T * W).fill(HIDDEN);
  for (let t = 0; t < T; t++) bias.fill(0, t * W + 2, t * W + 3 + t);
  return {
    ids: int64([1, T], prompt),
    positions: int64([1, T], Array.from(prompt, (_, t) => t)),
    bias: { dtype: 'float32', dims: [1, 1, T, W], data: bias },
    ...promptFeeds(config, new Float32Array(2 * config.layers * config.channels), 1),
    ...oneEmptyRow(config),
  };
}

function oneEmptyRow(config: Gpt2Config): Feeds {
  const cache = new RowCache(config, 1, 1);
  cache.add();
  return cache.feeds();
}

/** The last token of every row; a row sees the prompt, its own slots as far as they are written, and itself. */
function stepInputs(writing: readonly Writing[], cache: RowCache, P: number): Feeds {
  const B = writing.length;
  const W = P + cache.slots + 1;
  const bias = new Float32Array(B * W);
  for (let row = 0; row < B; row++) bias.fill(HIDDEN, row * W + P + cache.lengths[row]!, (row + 1) * W - 1);
  return {
    ids: int64([B, 1], writing.map(({ token }) => token)),
    positions: int64([B, 1], cache.lengths.map((length) => P + length)),
    bias: { dtype: 'float32', dims: [B, 1, 1, W], data: bias },
  };
}

function int64(dims: readonly number[], values: readonly number[]): TensorValue {
  return { dtype: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}

function requireIds(prompt: readonly number[], { vocabulary }: Gpt2Config): void {
  const strange = prompt.find((id) => !(Number.isInteger(id) && id >= 0 && id < vocabulary));
  if (strange === undefined) return;
  throw new AdloomError('MODEL_INVALID', `The tokenizer gave token ${strange}; the model has tokens 0 to ${vocabulary - 1}.`, { field: 'tokenizer.json', hint: 'Use the tokenizer that the model was trained with.' });
}
