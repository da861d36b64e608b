/**
 * Writes a WebAssembly module of a few functions over one imported memory (core specification 2.0, sections 5.3 to 5.5): the
 * instructions that `vector-kernels.ts` uses, each named as in the text format, and no more.
 */

type Bytes = readonly number[];

export const I32 = 0x7f;
export const F32 = 0x7d;
export const V128 = 0x7b;

export interface WasmFunction {
  /** Types of the parameters, which are the first locals. */
  readonly parameters: readonly number[];
  /** Types of the other locals, numbered after the parameters. */
  readonly locals: readonly number[];
  readonly body: readonly Bytes[];
}

const simd = (code: number, ...rest: number[]): Bytes => [0xfd, ...unsigned(code), ...rest];
const MAGIC: Bytes = [0x00, 0x61, 0x73, 0x6d];
const VERSION_1: Bytes = [1, 0, 0, 0];
const [ALIGN_4, ALIGN_16] = [2, 4];

export const get = (local: number): Bytes => [0x20, ...unsigned(local)];
export const set = (local: number): Bytes => [0x21, ...unsigned(local)];
export const tee = (local: number): Bytes => [0x22, ...unsigned(local)];
export const i32 = {
  load: [0x28, ALIGN_4, 0] as Bytes,
  /** From 0 to 63. */
  const: (n: number): Bytes => [0x41, n],
  ltU: [0x49] as Bytes,
  add: [0x6a] as Bytes,
  shl: [0x74] as Bytes,
};
export const f32 = { load: [0x2a, ALIGN_4, 0] as Bytes, store: (offset: number): Bytes => [0x38, ALIGN_4, ...unsigned(offset)], add: [0x92] as Bytes, mul: [0x94] as Bytes };
export const v128 = { load: simd(0x00, ALIGN_16, 0), store: simd(0x0b, ALIGN_16, 0), zero: simd(0x0c, ...new Uint8Array(16)) };
export const f32x4 = { lane: (n: number): Bytes => simd(0x1f, n), add: simd(0xe4), mul: simd(0xe6), max: simd(0xe9) };

/** Runs the body, and again while the address in the local is below that in another. */
export function repeatBelow(local: number, end: number, body: readonly Bytes[]): Bytes {
  return [0x03, 0x40, ...body.flat(), ...get(local), ...get(end), ...i32.ltU, 0x0d, 0x00, 0x0b];
}

/** Moves the address in a local on. */
export function move(local: number, bytes: number): Bytes {
  return [...get(local), ...i32.const(bytes), ...i32.add, ...set(local)];
}

/** The bytes of a module that imports a memory as `host.memory` and exports the functions by name. */
export function wasmModule(functions: Readonly<Record<string, WasmFunction>>): Uint8Array {
  const all = Object.entries(functions);
  const section = (id: number, items: readonly Bytes[]): Bytes => [id, ...sized(list(items))];
  return Uint8Array.from([
    ...MAGIC,
    ...VERSION_1,
    ...section(1, all.map(([, { parameters }]) => [0x60, ...list(parameters.map((type) => [type])), 0x00])),
    ...section(2, [[...name('host'), ...name('memory'), 0x02, 0x00, 0x01]]),
    ...section(3, all.map((_, index) => unsigned(index))),
    ...section(7, all.map(([exported], index) => [...name(exported), 0x00, ...unsigned(index)])),
    ...section(10, all.map(([, { locals, body }]) => sized([...list(locals.map((type) => [1, type])), ...body.flat(), 0x0b]))),
  ]);
}

function name(text: string): Bytes {
  return sized([...Buffer.from(text, 'utf8')]);
}

function sized(bytes: Bytes): Bytes {
  return [...unsigned(bytes.length), ...bytes];
}

function list(items: readonly Bytes[]): Bytes {
  return [...unsigned(items.length), ...items.flat()];
}

/** LEB128. */
function unsigned(n: number): Bytes {
  return n < 0x80 ? [n] : [(n & 0x7f) | 0x80, ...unsigned(n >>> 7)];
}
