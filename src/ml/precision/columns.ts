/** Weights as whole numbers: one scale per output channel, symmetric around zero. */
import { bug } from '../../base/errors';

export interface QuantisedMatrix {
  /** int8 [K, N], row-major. */
  data: Int8Array;
  /** float32 [N]: what one step of a column is worth. */
  scales: Float32Array;
}

/** Steps from zero to the largest weight of a column; -128 stays unused, so that a weight and its opposite stay opposites. */
export const INT8_LEVELS = 127;

/**
 * W[k, n] ~ data[k, n] x scales[n], with scales[n] = max_k |W[k, n]| / levels and rounding to nearest: no element is off by more than
 * half a step of its column (Jacob et al. 2018, symmetric weights; per channel after Krishnamoorthi 2018).
 * @param weights float32 [K, N], row-major
 * @param levels fewer are coarser; 127 is all that int8 holds
 */
export function quantiseColumns(weights: Float32Array, K: number, N: number, levels = INT8_LEVELS): QuantisedMatrix {
  if (weights.length !== K * N) throw bug(`A matrix of [${K}, ${N}] got ${weights.length} elements.`);
  const scales = new Float32Array(N);
  for (let k = 0; k < K; k++) for (let n = 0; n < N; n++) scales[n] = Math.max(scales[n]!, Math.abs(weights[k * N + n]!));
  // A column of zeros needs some scale that is not zero.
  for (let n = 0; n < N; n++) scales[n] = scales[n]! > 0 ? scales[n]! / levels : 1;
  const data = new Int8Array(K * N);
  for (let k = 0; k < K; k++) for (let n = 0; n < N; n++) data[k * N + n] = Math.max(-levels, Math.min(levels, Math.round(weights[k * N + n]! / scales[n]!)));
  return { data, scales };
}
