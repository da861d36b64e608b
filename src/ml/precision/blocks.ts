/** Weights as whole numbers in blocks along the inputs, each block with a scale of its own: the layout of MatMulNBits. */
import { bug } from '../../base/errors';
import { f16ToF32, f32ToF16 } from '../weights/half';

export interface QuantisedBlocks {
  /** uint8 [N, K / block, block]; 128 stands for 0. */
  data: Uint8Array;
  /** float32 [N, K / block], each a number of 16 bits: what one step is worth. */
  scales: Float32Array;
}

/** What 0 is stored as. */
export const ZERO = 128;
/** Steps from zero to the largest weight of a block. */
const LEVELS = 127;

/** @param weight float32 [K, N], or [N, K] where `transposed`; K a multiple of `block` */
export function quantiseBlocks(weight: Float32Array, K: number, N: number, { transposed, block }: { transposed: boolean; block: number }): QuantisedBlocks {
  if (weight.length !== K * N || K % block !== 0) throw bug(`A matrix of ${weight.length} weights is no [${K}, ${N}] in blocks of ${block}.`);
  const blocks = K / block;
  const data = new Uint8Array(K * N);
  const scales = new Float32Array(N * blocks);
  const at = (k: number, n: number): number => (transposed ? n * K + k : k * N + n);
  for (let n = 0; n < N; n++) {
    for (let b = 0; b < blocks; b++) {
      let largest = 0;
      for (let k = b * block; k < (b + 1) * block; k++) largest = Math.max(largest, Math.abs(weight[at(k, n)]!));
      // As it is stored, so that steps are counted by the very scale that multiplies them; a block below its reach is zeros.
      const scale = f16ToF32(f32ToF16(Float32Array.of(largest / LEVELS)))[0]! || 1;
      scales[n * blocks + b] = scale;
      for (let k = b * block; k < (b + 1) * block; k++) data[n * K + k] = ZERO + Math.max(-LEVELS, Math.min(LEVELS, Math.round(weight[at(k, n)]! / scale)));
    }
  }
  return { data, scales };
}
