/**
 * 16-bit floats to and from 32 bits. IEEE 754 binary16 ("F16") and bfloat16 ("BF16", the upper half of a float32).
 * Reading goes through a table of all 65,536 values; writing rounds to nearest, ties to even, as PyTorch does.
 */

/** The largest finite binary16. */
export const F16_MAX = 65504;

let table: Float32Array | undefined;

function f16Table(): Float32Array {
  if (table) return table;
  table = new Float32Array(65536);
  for (let h = 0; h < 65536; h++) {
    const sign = h & 0x8000 ? -1 : 1;
    const exponent = (h >>> 10) & 0x1f;
    const fraction = h & 0x3ff;
    if (exponent === 0) table[h] = sign * fraction * 2 ** -24;
    else if (exponent === 31) table[h] = fraction ? NaN : sign * Infinity;
    else table[h] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return table;
}

export function f16ToF32(halves: Uint16Array): Float32Array {
  const values = f16Table();
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = values[halves[i]!]!;
  return out;
}

export function bf16ToF32(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** Round to nearest, ties to even. Finite values beyond +-65504 (after rounding) become infinite: check before calling. */
export function f32ToF16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) out[i] = halfOf(bits[i]!);
  return out;
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  const e = exponent - 112;
  if (e >= 31) return sign | 0x7c00;
  if (e <= 0) {
    // A subnormal half: shift the fraction, its hidden one included, to steps of 2^-24.
    if (e < -10) return sign;
    return sign | roundShift(fraction | 0x800000, 14 - e);
  }
  // A carry out of the fraction raises the exponent, up to infinity: the addition does it.
  return sign | ((e << 10) + roundShift(fraction, 13));
}

/** `value / 2^shift`, to nearest, ties to even. */
function roundShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}
