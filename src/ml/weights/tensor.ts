/** Tensors as they come from and go to a file: a stored type, a shape, and data in row-major order. */

/** 16-bit and 64-bit floats are decoded to 32 bits; `dtype` says how they were stored. */
export interface FloatTensor {
  readonly dtype: 'F32' | 'F16' | 'BF16' | 'F64';
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type StoredTensor =
  | FloatTensor
  | { readonly dtype: 'I64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'U8' | 'BOOL'; readonly shape: readonly number[]; readonly data: Uint8Array };

export type StoredDtype = StoredTensor['dtype'];

export const BYTES_OF: Readonly<Record<StoredDtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U8: 1, BOOL: 1 };

export function isFloatTensor(tensor: StoredTensor): tensor is FloatTensor {
  return tensor.data instanceof Float32Array;
}

export function floatTensor(shape: readonly number[], data: Float32Array): FloatTensor {
  return { dtype: 'F32', shape, data };
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
