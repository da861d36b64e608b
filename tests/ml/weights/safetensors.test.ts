import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { F16_MAX, f16ToF32, f32ToF16 } from '../../../src/ml/weights/half';
import { parseSafetensors, readSafetensors, safetensorsChunks, writeSafetensors } from '../../../src/ml/weights/safetensors';
import { floatTensor, type StoredTensor } from '../../../src/ml/weights/tensor';

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'adloom-safetensors-'))));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const bytesOf = (tensors: Map<string, StoredTensor>, storage?: 'F32' | 'F16'): Uint8Array => Buffer.concat([...safetensorsChunks(tensors, { storage })]);

describe('a safetensors file', () => {
  it('comes back bit for bit, every type and shape, empty tensors and scalars too', async () => {
    const tensors = new Map<string, StoredTensor>([
      ['a', floatTensor([2, 3], new Float32Array([0, -0, 1e-40, 3.5, -Infinity, NaN]))],
      ['scalar', floatTensor([], new Float32Array([7]))],
      ['empty', floatTensor([0, 4], new Float32Array(0))],
      ['ids', { dtype: 'I64', shape: [2], data: new BigInt64Array([-1n, 2n ** 62n]) }],
      ['rows', { dtype: 'I32', shape: [3], data: new Int32Array([1, -2, 3]) }],
      ['mask', { dtype: 'U8', shape: [3], data: new Uint8Array([1, 0, 255]) }],
    ]);
    const path = join(directory, 'all.safetensors');
    await writeSafetensors(path, tensors, { metadata: { format: 'pt', note: 'ünïcode' } });
    const back = await readSafetensors(path);
    expect(back.metadata).toEqual({ format: 'pt', note: 'ünïcode' });
    expect([...back.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, tensor] of tensors) expect(back.tensors.get(name)).toEqual(tensor);
    expect(parseSafetensors(readFileSync(path)).tensors).toEqual(back.tensors);
  });

  it('has the same bytes whatever order the tensors come in, its header aligned to 8', () => {
    const [a, b] = [floatTensor([1], new Float32Array([1])), floatTensor([2], new Float32Array([2, 3]))];
    const bytes = bytesOf(new Map([['a', a], ['b', b]]));
    expect(bytes).toEqual(bytesOf(new Map([['b', b], ['a', a]])));
    expect(Number(Buffer.from(bytes).readBigUInt64LE(0)) % 8).toBe(0);
  });

  it('loads only the tensors asked for', async () => {
    const path = join(directory, 'some.safetensors');
    await writeSafetensors(path, new Map([['a', floatTensor([1], new Float32Array([1]))], ['b', floatTensor([1], new Float32Array([2]))]]));
    const { tensors } = await readSafetensors(path, { only: (name) => name === 'b' });
    expect([...tensors.keys()]).toEqual(['b']);
  });

  it('is replaced whole and leaves no temporary file behind', async () => {
    const path = join(directory, 'twice', 'model.safetensors');
    for (const value of [1, 2]) await writeSafetensors(path, new Map([['a', floatTensor([1], new Float32Array([value]))]]));
    expect((await readSafetensors(path)).tensors.get('a')?.data).toEqual(new Float32Array([2]));
    expect(readdirSync(join(directory, 'twice'))).toEqual(['model.safetensors']);
  });

  it('decodes bfloat16 and float64', () => {
    const header = Buffer.from(JSON.stringify({ d: { dtype: 'F64', shape: [1], data_offsets: [0, 8] }, b: { dtype: 'BF16', shape: [2], data_offsets: [8, 12] } }));
    const data = Buffer.alloc(12);
    data.writeDoubleLE(0.1, 0);
    data.writeUInt16LE(0x3fc0, 8);
    data.writeUInt16LE(0xc000, 10);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const { tensors } = parseSafetensors(Buffer.concat([length, header, data]));
    expect(tensors.get('d')?.data).toEqual(new Float32Array([0.1]));
    expect(tensors.get('b')?.data).toEqual(new Float32Array([1.5, -2]));
  });
});

describe('half precision', () => {
  it('gives all 65,536 halves back unchanged (but for the bits of NaN)', () => {
    const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const floats = f16ToF32(halves);
    const again = f32ToF16(floats);
    const wrong = [...halves].filter((half) => again[half] !== half && !Number.isNaN(floats[half]));
    expect(wrong).toEqual([]);
  });

  it('rounds every float to the nearest half, ties to the even one', () => {
    const neighbours = f16ToF32(Uint16Array.from({ length: 0x7c00 }, (_, i) => i));
    const nearest = (value: number): number => {
      let low = 0;
      let high = neighbours.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (neighbours[middle]! <= value) low = middle;
        else high = middle;
      }
      const [down, up] = [value - neighbours[low]!, neighbours[high]! - value];
      return down < up || (down === up && low % 2 === 0) ? neighbours[low]! : neighbours[high]!;
    };
    fc.assert(
      fc.property(fc.float({ min: 0, max: F16_MAX, noNaN: true }), (value) => {
        expect(f16ToF32(f32ToF16(new Float32Array([value])))[0]).toBe(nearest(value));
      }),
      { numRuns: 3000 },
    );
    // Half way between 1 and the next half, and between that and the one after.
    expect([...f16ToF32(f32ToF16(new Float32Array([1 + 2 ** -11, 1 + 3 * 2 ** -11])))]).toEqual([1, 1 + 2 ** -9]);
  });
});
