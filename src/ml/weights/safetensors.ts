import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { AdloomError, messageOf } from '../../base/errors';
import { F16_MAX, bf16ToF32, f16ToF32, f32ToF16 } from './half';
import { headerLength, modelInvalid, parseHeader, type TensorEntry } from './safetensors-header';
import { withStagedFiles } from './staged-files';
import { BYTES_OF, isFloatTensor, sizeOf, type StoredDtype, type StoredTensor } from './tensor';

/** Reads and writes safetensors files, one tensor in memory at a time beyond what is returned. Little-endian machines. */
export interface SafetensorsFile {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ReadOptions {
  /** Names for which it answers false are checked but not loaded. */
  readonly only?: (name: string) => boolean;
}

/** @throws MODEL_INVALID naming the file and what is wrong; MODEL_UNAVAILABLE where there is no such file. */
export async function readSafetensors(path: string, options: ReadOptions = {}): Promise<SafetensorsFile> {
  const file = basename(path);
  const handle = await openModelFile(path);
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw modelInvalid(file, 'it is not a file.', 'Give the path of a .safetensors file.');
    const { size } = stat;
    const length = headerLength(await readExactly(handle, 0, Math.min(8, size), file), size, file);
    const header = parseHeader(await readExactly(handle, 8, length, file), size - 8 - length, file);
    const tensors = new Map<string, StoredTensor>();
    for (const entry of header.entries) {
      if (options.only && !options.only(entry.name)) continue;
      tensors.set(entry.name, decode(entry, await readExactly(handle, 8 + length + entry.begin, entry.end - entry.begin, file)));
    }
    return { tensors, metadata: header.metadata };
  } finally {
    await handle.close();
  }
}

/** The same from bytes in memory; `file` names them in errors. */
export function parseSafetensors(bytes: Uint8Array, file = 'safetensors'): SafetensorsFile {
  const length = headerLength(bytes.subarray(0, 8), bytes.length, file);
  const header = parseHeader(bytes.subarray(8, 8 + length), bytes.length - 8 - length, file);
  const tensors = new Map<string, StoredTensor>();
  for (const entry of header.entries) tensors.set(entry.name, decode(entry, new Uint8Array(bytes.subarray(8 + length + entry.begin, 8 + length + entry.end))));
  return { tensors, metadata: header.metadata };
}

export interface WriteOptions {
  /** How float tensors are stored; default F32. F16 halves the file and rounds to 11 significant bits. */
  readonly storage?: 'F32' | 'F16';
  /** Default `{ format: 'pt' }`, which the Hugging Face libraries require. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Atomic: a temporary file beside `path`, then a rename. @throws DISK_FULL; MODEL_INVALID for a tensor that cannot be stored. */
export async function writeSafetensors(path: string, tensors: ReadonlyMap<string, StoredTensor>, options: WriteOptions = {}): Promise<void> {
  await withStagedFiles((files) => files.add(path, safetensorsChunks(tensors, options, basename(path))));
}

/** The file's bytes, piece by piece: the header, then each tensor. */
export function* safetensorsChunks(tensors: ReadonlyMap<string, StoredTensor>, options: WriteOptions = {}, file = 'safetensors'): Generator<Uint8Array> {
  const storedAs = (tensor: StoredTensor): StoredDtype => (isFloatTensor(tensor) ? (options.storage ?? 'F32') : tensor.dtype);
  // Wide types first, then by name: every tensor stays aligned, and equal tensors give equal bytes.
  const ordered = [...tensors].sort(([a, x], [b, y]) => BYTES_OF[storedAs(y)] - BYTES_OF[storedAs(x)] || (a < b ? -1 : 1));
  const header: Record<string, unknown> = { __metadata__: options.metadata ?? { format: 'pt' } };
  let position = 0;
  for (const [name, tensor] of ordered) {
    if (tensor.data.length !== sizeOf(tensor.shape)) {
      throw modelInvalid(file, `tensor ${JSON.stringify(name)} of shape [${tensor.shape.join(', ')}] has ${tensor.data.length} values.`, 'Give the shape of the data.');
    }
    const dtype = storedAs(tensor);
    const end = position + tensor.data.length * BYTES_OF[dtype];
    header[name] = { dtype, shape: tensor.shape, data_offsets: [position, end] };
    position = end;
  }
  const json = Buffer.from(JSON.stringify(header), 'utf8');
  const padded = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  padded.writeBigUInt64LE(BigInt(padded.length - 8), 0);
  json.copy(padded, 8);
  yield padded;
  for (const [name, tensor] of ordered) {
    const data = storedAs(tensor) === 'F16' ? toHalves(tensor.data as Float32Array, name, file) : tensor.data;
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

function toHalves(data: Float32Array, name: string, file: string): Uint16Array {
  // 65520 is where rounding to nearest reaches infinity.
  const over = data.find((value) => Math.abs(value) >= F16_MAX + 16 && Number.isFinite(value));
  if (over !== undefined) {
    throw modelInvalid(file, `tensor ${JSON.stringify(name)} holds ${over}, beyond the largest F16 (${F16_MAX}).`, 'Store this model as F32.');
  }
  return f32ToF16(data);
}

/** `bytes` is a fresh copy, aligned at 0, that the tensor may keep. */
function decode({ dtype, shape }: TensorEntry, bytes: Uint8Array): StoredTensor {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer, bytes.byteOffset, bytes.byteLength / 4) };
    case 'F64':
      return { dtype, shape, data: Float32Array.from(new Float64Array(buffer, bytes.byteOffset, bytes.byteLength / 8)) };
    case 'F16':
      return { dtype, shape, data: f16ToF32(new Uint16Array(buffer, bytes.byteOffset, bytes.byteLength / 2)) };
    case 'BF16':
      return { dtype, shape, data: bf16ToF32(new Uint16Array(buffer, bytes.byteOffset, bytes.byteLength / 2)) };
    case 'I64':
      return { dtype, shape, data: new BigInt64Array(buffer, bytes.byteOffset, bytes.byteLength / 8) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer, bytes.byteOffset, bytes.byteLength / 4) };
    default:
      return { dtype, shape, data: bytes };
  }
}

async function openModelFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new AdloomError('MODEL_UNAVAILABLE', `${path} cannot be opened: ${messageOf(error)}.`, {
      field: basename(path),
      hint: 'Give a model directory that holds this file and may be read.',
      cause: error,
    });
  }
}

async function readExactly(handle: FileHandle, position: number, length: number, file: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, 1 << 28), position + done);
    if (bytesRead === 0) throw modelInvalid(file, `it ended at byte ${position + done} while being read; it was cut short meanwhile.`);
    done += bytesRead;
  }
  return bytes;
}
