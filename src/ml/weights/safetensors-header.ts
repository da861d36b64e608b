import { AdloomError } from '../../base/errors';
import { BYTES_OF, sizeOf, type StoredDtype } from './tensor';

/**
 * The header of a safetensors file: 8 bytes of little-endian length, then JSON of
 * `{ name: { dtype, shape, data_offsets: [begin, end] } }`, offsets counted from the header's end.
 * Format: https://github.com/huggingface/safetensors#format. Checked as strictly as the reference reader does.
 */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** As the reference reader: a longer header is an attack or a mistake. */
const LONGEST_HEADER = 100_000_000;

export function modelInvalid(file: string, wrong: string, hint = 'Fetch or write the file again.', cause?: unknown): AdloomError {
  return new AdloomError('MODEL_INVALID', `${file}: ${wrong}`, { field: file, hint, cause });
}

/** The header's length in bytes, from the first 8 bytes of a file of `fileSize` bytes. */
export function headerLength(first: Uint8Array, fileSize: number, file: string): number {
  if (fileSize < 8 || first.length < 8) throw modelInvalid(file, `a safetensors file has at least 8 bytes, this one has ${fileSize}.`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER)) {
    throw modelInvalid(file, `its header claims ${length} bytes, more than the ${LONGEST_HEADER} allowed; this is no safetensors file.`);
  }
  if (Number(length) + 8 > fileSize) {
    throw modelInvalid(file, `its header claims ${length} bytes, but the file has only ${fileSize}; it is cut short or no safetensors file.`);
  }
  return Number(length);
}

/** Checks and orders the entries; `dataSize` is the number of bytes behind the header. */
export function parseHeader(json: Uint8Array, dataSize: number, file: string): SafetensorsHeader {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw modelInvalid(file, 'its header is not valid JSON.', undefined, cause);
  }
  if (!isRecord(parsed)) throw modelInvalid(file, 'its header must be a JSON object of tensors.');
  const metadata: Record<string, string> = {};
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(parsed)) {
    if (name === '__metadata__') {
      if (!isRecord(value)) throw modelInvalid(file, '__metadata__ must be an object of strings.');
      for (const [key, text] of Object.entries(value)) {
        if (typeof text !== 'string') throw modelInvalid(file, `__metadata__.${key} must be a string.`);
        metadata[key] = text;
      }
    } else entries.push(entryOf(name, value, file));
  }
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkCover(entries, dataSize, file);
  return { entries, metadata };
}

function entryOf(name: string, value: unknown, file: string): TensorEntry {
  const tensor = `tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) throw modelInvalid(file, `${tensor} must be an object with dtype, shape and data_offsets.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(BYTES_OF, dtype)) {
    throw modelInvalid(
      file,
      `${tensor} has the dtype ${JSON.stringify(dtype) ?? 'none'}; readable are ${Object.keys(BYTES_OF).join(', ')}.`,
      'Save the model in one of these types, as float32 for example.',
    );
  }
  if (!isCountList(shape)) throw modelInvalid(file, `${tensor} has the shape ${JSON.stringify(shape)}; it must be a list of whole numbers.`);
  if (!isCountList(offsets) || offsets.length !== 2 || offsets[1]! < offsets[0]!) {
    throw modelInvalid(file, `${tensor} has the data_offsets ${JSON.stringify(offsets)}; they must be [begin, end] with begin <= end.`);
  }
  const [begin, end] = offsets as [number, number];
  const required = sizeOf(shape) * BYTES_OF[dtype as StoredDtype];
  if (end - begin !== required) {
    throw modelInvalid(file, `${tensor} of type ${dtype} and shape [${shape.join(', ')}] needs ${required} bytes, but its data_offsets hold ${end - begin}.`);
  }
  return { name, dtype: dtype as StoredDtype, shape, begin, end };
}

/** The tensors must cover the data without overlap, gap or overrun. */
function checkCover(entries: readonly TensorEntry[], dataSize: number, file: string): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    const tensor = `tensor ${JSON.stringify(name)} at bytes ${begin} to ${end}`;
    if (begin < position) throw modelInvalid(file, `${tensor} overlaps the tensor before it, which ends at ${position}.`);
    if (begin > position) throw modelInvalid(file, `${tensor} leaves a gap: the tensor before it ends at ${position}.`);
    if (end > dataSize) throw modelInvalid(file, `${tensor} lies beyond the file, which holds ${dataSize} bytes of data; it is cut short.`);
    position = end;
  }
  if (position !== dataSize) throw modelInvalid(file, `its tensors hold ${position} bytes, but the file has ${dataSize} bytes of data.`);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCountList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
