/**
 * Writes many texts from one prompt with GPT-2. The prompt is read once for all of them; texts that are the same so far are one row
 * of a step, which parts where they part; rows that end leave the batch, and waiting ones take their places.
 */
import { AdloomError } from '../../base/errors';
import type { Continuation } from '../decoding/language-model';
import type { Distribution } from '../decoding/sampler';
import type { Gpt2Config } from '../gpt2/config';
import type { Feeds, Session, TensorValue } from '../runtime/session';
import { promptFeeds, RowCache } from './row-cache';

/** Hides a slot from attention. */
const HIDDEN = -1e9;

/** Texts that are the same so far. */
interface Branch {
  /** Their numbers, as the caller counts. */
  readonly texts: number[];
  /** The token that the next step reads. */
  token: number;
  /** Tokens of each. */
  drawn: number;
}

/**
 * @param session of `continuationGraph(config, ...)`
 * @param batch texts written at a time, at most
 * @throws MODEL_INVALID for a token that the model does not have, and when the graph fails
 */
export async function continueRows(session: Session, config: Gpt2Config, batch: number, continuation: Continuation): Promise<void> {
  const { prompt, rows, maxTokens, temperature, choose, cancelled } = continuation;
  requireIds(prompt, config);
  const sharpness: TensorValue = { dtype: 'float32', dims: [], data: Float32Array.of(temperature > 0 ? 1 / temperature : 1) };
  const read = await session.run({ ...promptInputs(config, prompt), sharpness });
  const shared: Feeds = { ...promptFeeds(config, read['kept']!.data as Float32Array, prompt.length), sharpness };
  const first = distributionAt(read, 0, temperature);
  const waiting = maxTokens > 0 && !cancelled() ? divide(Array.from({ length: rows }, (_, row) => row), first, choose) : [];
  if (maxTokens < 2) return;
  const capacity = Math.min(batch, rows);
  const cache = new RowCache(config, capacity, maxTokens - 1);
  const branches: Branch[] = [];
  const fill = (): void => {
    let room = capacity - branches.reduce((sum, { texts }) => sum + texts.length, 0);
    while (room > 0 && waiting.length > 0) {
      const [token, texts] = waiting.at(-1)!;
      const taken = texts.splice(0, room);
      if (texts.length === 0) waiting.pop();
      branches.push({ texts: taken, token, drawn: 1 });
      cache.add();
      room -= taken.length;
    }
  };
  for (fill(); branches.length > 0 && !cancelled(); fill()) {
    const step = await session.run({ ...stepInputs(branches, cache, prompt.length), ...shared, ...cache.feeds() });
    cache.append(step['kept']!.data as Float32Array);
    takeStep(step, branches, cache, continuation);
  }
}

/** Chooses for every text; from the last row to the first, so that those that end can leave. */
function takeStep(step: Record<string, TensorValue>, branches: Branch[], cache: RowCache, { maxTokens, temperature, choose }: Continuation): void {
  for (let at = branches.length - 1; at >= 0; at--) {
    const { texts, drawn } = branches[at]!;
    const parts = divide(texts, distributionAt(step, at, temperature), choose);
    if (parts.length === 0 || drawn + 1 >= maxTokens) {
      cache.remove(at);
      const last = branches.pop()!;
      if (at < branches.length) branches[at] = last;
      continue;
    }
    for (const [index, [token, together]] of parts.entries()) {
      if (index > 0) cache.fork(at);
      branches[index === 0 ? at : branches.length] = { texts: together, token, drawn: drawn + 1 };
    }
  }
}

/** Texts by the token that they go on with; those that end are left out. */
function divide(texts: readonly number[], next: Distribution, choose: Continuation['choose']): [token: number, texts: number[]][] {
  const parts = new Map<number, number[]>();
  for (const text of texts) {
    const token = choose(text, next);
    if (token === undefined) continue;
    const together = parts.get(token);
    if (together) together.push(text);
    else parts.set(token, [text]);
  }
  return [...parts];
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
function stepInputs(branches: readonly Branch[], cache: RowCache, P: number): Feeds {
  const B = branches.length;
  const W = P + cache.slots + 1;
  const bias = new Float32Array(B * W);
  for (let row = 0; row < B; row++) bias.fill(HIDDEN, row * W + P + cache.lengths[row]!, (row + 1) * W - 1);
  return {
    ids: int64([B, 1], branches.map(({ token }) => token)),
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
