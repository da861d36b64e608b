/**
 * Loops over long lists of 32-bit numbers, four at a time. They work in a scratch memory, one of each thread, at addresses in bytes
 * that `row-products.ts` and `slot-sums.ts` lay out; every loop runs at least once.
 */
import { F32, f32, f32x4, get, I32, i32, move, repeatBelow, set, tee, V128, v128, wasmModule, type WasmFunction } from './wasm-module';

export interface Kernels {
  /** out[r] = <query, row r>, float32, four rows at a time. Query and rows are of `stride` bytes, a multiple of 16. */
  products(query: number, queryEnd: number, stride: number, rows: number, rowsEnd: number, out: number): void;
  /** sums[slot] += weight x its weight, for each of the int32 slots and the float32 weights beside them. */
  scatter(slots: number, slotsEnd: number, weights: number, weight: number, sums: number): void;
  /** best[i] = max(best[i], sums[i]) and sums[i] = 0, four at a time. */
  takeGreatest(sums: number, sumsEnd: number, best: number): void;
}

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

function products(): WasmFunction {
  const [query, queryEnd, stride, rows, rowsEnd, out, at, q] = times(8, (i) => i) as [number, number, number, number, number, number, number, number];
  const row = times(4, (i) => 8 + i);
  const sum = times(4, (i) => 12 + i);
  return {
    parameters: times(6, () => I32),
    locals: [I32, V128, ...row.map(() => I32), ...sum.map(() => V128)],
    body: [
      repeatBelow(rows, rowsEnd, [
        ...row.flatMap((each) => [get(rows), set(each), get(rows), get(stride), i32.add, set(rows)]),
        ...sum.flatMap((each) => [v128.zero, set(each)]),
        get(query),
        set(at),
        repeatBelow(at, queryEnd, [
          get(at),
          v128.load,
          set(q),
          ...sum.flatMap((each, i) => [get(each), get(q), get(row[i]!), v128.load, f32x4.mul, f32x4.add, set(each), move(row[i]!, 16)]),
          move(at, 16),
        ]),
        ...sum.flatMap((each, i) => {
          const pair = (lane: number) => [get(each), f32x4.lane(lane), get(each), f32x4.lane(lane + 1), f32.add];
          return [get(out), ...pair(0), ...pair(2), f32.add, f32.store(4 * i)];
        }),
        move(out, 16),
      ]),
    ],
  };
}

function scatter(): WasmFunction {
  const [slots, slotsEnd, weights, weight, sums, place] = [0, 1, 2, 3, 4, 5];
  return {
    parameters: [I32, I32, I32, F32, I32],
    locals: [I32],
    body: [
      repeatBelow(slots, slotsEnd, [
        get(sums), get(slots), i32.load, i32.const(2), i32.shl, i32.add, tee(place),
        get(place), f32.load, get(weights), f32.load, get(weight), f32.mul, f32.add, f32.store(0),
        move(slots, 4),
        move(weights, 4),
      ]),
    ],
  };
}

function takeGreatest(): WasmFunction {
  const [sums, sumsEnd, best] = [0, 1, 2];
  return {
    parameters: [I32, I32, I32],
    locals: [],
    body: [
      repeatBelow(sums, sumsEnd, [
        get(best), get(best), v128.load, get(sums), v128.load, f32x4.max, v128.store,
        get(sums), v128.zero, v128.store,
        move(sums, 16),
        move(best, 16),
      ]),
    ],
  };
}

/** Just what is used of it: its types come with those of browsers, which the program must not have. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const PAGE = 65_536;
const memory = new WebAssembly.Memory({ initial: 1 });

export const kernels = new WebAssembly.Instance(new WebAssembly.Module(wasmModule({ products: products(), scatter: scatter(), takeGreatest: takeGreatest() })), { host: { memory } }).exports as Kernels;

let floats = new Float32Array(memory.buffer);

/** The scratch memory, at least so many bytes of it. What it held stays; views of it made before are dead. */
export function scratch(bytes: number): Float32Array {
  if (floats.byteLength < bytes) {
    memory.grow(Math.ceil((bytes - floats.byteLength) / PAGE));
    floats = new Float32Array(memory.buffer);
  }
  return floats;
}
