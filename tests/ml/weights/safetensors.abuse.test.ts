import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { isAdloomError } from '../../../src/base/errors';
import { parseSafetensors, readSafetensors, safetensorsChunks, writeSafetensors } from '../../../src/ml/weights/safetensors';
import { withStagedFiles } from '../../../src/ml/weights/staged-files';
import { floatTensor } from '../../../src/ml/weights/tensor';

/** A file of this header and so many bytes of data. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

function refusal(bytes: Uint8Array): string {
  try {
    parseSafetensors(bytes, 'model.safetensors');
  } catch (error) {
    if (isAdloomError(error) && error.code === 'MODEL_INVALID' && error.field === 'model.safetensors') return error.message;
    throw error;
  }
  throw new Error('it was accepted');
}

const f32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });
const huge = Buffer.alloc(16);
huge.writeBigUInt64LE(2n ** 60n);
const long = Buffer.alloc(16);
long.writeBigUInt64LE(9000n);

const cases: [string, Uint8Array][] = [
  ['an empty file', new Uint8Array(0)],
  ['five bytes', new Uint8Array(5)],
  ['a header of 2^60 bytes', huge],
  ['a header beyond the file', long],
  ['broken JSON', file('{"a": ', 0)],
  ['bytes that are no UTF-8', Buffer.concat([file('', 0).subarray(0, 0), Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe])])],
  ['a list', file([], 0)],
  ['a tensor that is a number', file({ a: 1 }, 0)],
  ['an unknown type', file({ a: { dtype: 'F8_E4M3', shape: [1], data_offsets: [0, 1] } }, 1)],
  ['a type that is an inherited name', file({ a: { dtype: 'constructor', shape: [1], data_offsets: [0, 1] } }, 1)],
  ['no type', file({ a: { shape: [1], data_offsets: [0, 4] } }, 4)],
  ['a negative side', file({ a: f32([-1], 0, 4) }, 4)],
  ['a side of 1.5', file({ a: f32([1.5], 0, 6) }, 6)],
  ['offsets the wrong way round', file({ a: f32([1], 4, 0) }, 4)],
  ['a shape that needs other bytes', file({ a: f32([2, 3], 0, 4) }, 4)],
  ['sides whose product overflows', file({ a: f32([2 ** 52, 2 ** 52], 0, 4) }, 4)],
  ['two tensors that overlap', file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8)],
  ['a gap', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12)],
  ['data cut short', file({ a: f32([4], 0, 16) }, 12)],
  ['data left over', file({ a: f32([1], 0, 4) }, 12)],
  ['metadata that is no text', file({ __metadata__: { a: 1 } }, 0)],
];

describe('a corrupt safetensors file is refused by name', () => {
  it.each(cases)('%s', (_, bytes) => {
    expect(refusal(bytes)).toMatchSnapshot();
  });

  it('whatever is cut off or changed: the result is an error of ours or a whole file', () => {
    const good = Buffer.concat([...safetensorsChunks(new Map([['a', floatTensor([2], new Float32Array([1, 2]))], ['b', floatTensor([1], new Float32Array([3]))]]))]);
    for (let length = 0; length < good.length; length++) refusal(good.subarray(0, length));
    fc.assert(
      fc.property(fc.nat(good.length - 13), fc.nat(255), (place, value) => {
        const bytes = Buffer.from(good);
        bytes[place] = value;
        try {
          parseSafetensors(bytes);
        } catch (error) {
          expect(isAdloomError(error) && error.code).toBe('MODEL_INVALID');
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('files that cannot be read or written', () => {
  let directory: string;
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'adloom-abuse-'))));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('a missing file is MODEL_UNAVAILABLE, a directory in its place MODEL_INVALID', async () => {
    await expect(readSafetensors(join(directory, 'none.safetensors'))).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    mkdirSync(join(directory, 'folder.safetensors'));
    await expect(readSafetensors(join(directory, 'folder.safetensors'))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });

  it('a target below a file is refused and says where', async () => {
    writeFileSync(join(directory, 'plain'), 'x');
    const target = join(directory, 'plain', 'model.safetensors');
    await expect(writeSafetensors(target, new Map())).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it('a disk that fills up half way is DISK_FULL, the old file stands and no temporary one is left', async () => {
    const path = join(directory, 'full', 'model.safetensors');
    await writeSafetensors(path, new Map([['a', floatTensor([1], new Float32Array([1]))]]));
    const chunks = function* (): Generator<string> {
      yield 'half';
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    };
    await expect(withStagedFiles((files) => files.add(path, chunks()))).rejects.toMatchObject({ code: 'DISK_FULL', field: path });
    expect(readdirSync(join(directory, 'full'))).toEqual(['model.safetensors']);
    expect((await readSafetensors(path)).tensors.size).toBe(1);
  });

  it('a number beyond F16 and a shape that is not the data are refused before anything is written', async () => {
    const path = join(directory, 'never.safetensors');
    await expect(writeSafetensors(path, new Map([['a', floatTensor([1], new Float32Array([70000]))]]), { storage: 'F16' })).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('"a" holds 70000'),
    });
    await expect(writeSafetensors(path, new Map([['a', floatTensor([3], new Float32Array([1]))]]))).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    await expect(readSafetensors(path)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });
});
