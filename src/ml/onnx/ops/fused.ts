/** Operators of the runtime's own that join several of the standard's; no gradient is known for them. */
import { bug } from '../../../base/errors';
import type { Graph, Value } from '../graph';

const RUNTIME = 'com.microsoft';

/** The sum of x and `skip`, and its layer normalisation: both of the shape of x. */
export function skipLayerNormalization(g: Graph, x: Value, skip: Value, weight: Value, bias: Value, epsilon: number): { normed: Value; sum: Value } {
  const like = { dtype: x.dtype, shape: x.shape };
  const statistic = { dtype: x.dtype, shape: [...x.shape.slice(0, -1), 1] };
  const [normed, , , sum] = g.node('SkipLayerNormalization', [x, skip, weight, bias], [like, statistic, statistic, like], { epsilon: { float: epsilon } }, RUNTIME);
  return { normed: normed!, sum: sum! };
}

export interface AttentionInputs {
  /** [B, Q, C]. */
  query: Value;
  /** [B, T, C]. */
  key: Value;
  value: Value;
  /** Added to scores that are scaled by 1 / sqrt(HS): [B or 1, 1, Q, S]. */
  bias: Value;
  /** Keys and values that stand before those, [B, NH, P, HS]. */
  past: { key: Value; value: Value };
}

/** Attention of NH heads: [B, Q, C]. Its node also gives keys and values of past and present together, [B, NH, S, HS] with S = P + T. */
export function multiHeadAttention(g: Graph, heads: number, { query, key, value, bias, past }: AttentionInputs): Value {
  const [B, , C] = query.shape;
  if (query.shape.length !== 3 || typeof C !== 'number' || C % heads !== 0) throw bug(`Attention of ${heads} heads over [${query.shape.join(', ')}].`);
  const present = { dtype: query.dtype, shape: [B!, heads, bias.shape.at(-1)!, C / heads] };
  const inputs = [query, key, value, null, null, bias, past.key, past.value];
  return g.node('MultiHeadAttention', inputs, [{ dtype: query.dtype, shape: query.shape }, present, present], { num_heads: heads }, RUNTIME)[0]!;
}
