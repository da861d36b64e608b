/** An adapter on disk in PEFT's layout: `adapter_config.json`, `adapter_model.safetensors`, and files of ours beside them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import type { Gpt2Config } from '../gpt2/config';
import type { Weights } from '../gpt2/parameters';
import { readSafetensors, safetensorsChunks, type SafetensorsFile } from '../weights/safetensors';
import { withStagedFiles } from '../weights/staged-files';
import { floatTensor, isFloatTensor, type StoredTensor } from '../weights/tensor';
import { adapterBytes, adapterParameters, HEAD, requireFiniteAdapter, type Adapter } from './adapter';
import { adapterMismatch, CONFIG_FILE, WEIGHTS_FILE, weightsInvalid } from './adapter-errors';
import { formatPeftConfig, parsePeftConfig, peftSites } from './peft-config';

const PREFIX = 'base_model.model.';
/** Key of the safetensors metadata: hash of the base's weights. */
const BASE_KEY = 'adloom.base';

/** What an adapter must fit. */
export interface AdapterBase {
  config: Gpt2Config;
  /** Labels of the base's head. */
  labels: number;
  /** `baseHash` of its weights. */
  hash: string;
}

export interface AdapterDirectory extends Adapter {
  directory: string;
  bytes: number;
  /** Whether the file says that it was made for this base; PEFT's files do not say. */
  bound: boolean;
  dropout: number;
}

/** @throws ADAPTER_UNAVAILABLE, ADAPTER_INVALID, and ADAPTER_MISMATCH for one that was made for another base */
export async function readAdapterDirectory(directory: string, base: AdapterBase): Promise<AdapterDirectory> {
  const settings = parsePeftConfig(await readText(directory));
  const { tensors, metadata } = await readWeights(directory);
  const made = metadata[BASE_KEY];
  if (made !== undefined && made !== base.hash) {
    throw adapterMismatch(WEIGHTS_FILE, `The adapter in ${directory} was trained on the base ${made.slice(0, 12)}; this base is ${base.hash.slice(0, 12)}.`);
  }
  const sites = peftSites(settings, base.config);
  const specs = adapterParameters(sites, settings.head ? [base.labels, base.config.channels] : undefined);
  const weights: Weights = new Map();
  for (const { name, shape } of specs) {
    const saved = savedName(name);
    const tensor = tensors.get(saved);
    if (!tensor) throw weightsInvalid(saved, `tensor ${saved} of shape [${shape.join(', ')}] is missing.`, `${WEIGHTS_FILE} and ${CONFIG_FILE} do not belong together; save the adapter again.`);
    if (!isFloatTensor(tensor)) throw weightsInvalid(saved, `tensor ${saved} must hold floats, but holds ${tensor.dtype}.`, 'Save the adapter again.');
    if (tensor.shape.join() !== shape.join()) {
      throw adapterMismatch(saved, `${WEIGHTS_FILE}: tensor ${saved} must have the shape [${shape.join(', ')}] for this base, but has [${tensor.shape.join(', ')}].`);
    }
    weights.set(name, { shape, data: tensor.data });
    tensors.delete(saved);
  }
  const [stray] = tensors.keys();
  if (stray !== undefined) {
    throw weightsInvalid(stray, `it holds ${stray}, which ${CONFIG_FILE} does not name as adapted.`, 'Only linear layers of GPT-2 blocks and score.weight can be adapted; save the adapter again.');
  }
  const adapter: Adapter = { sites, weights };
  requireFiniteAdapter(adapter, WEIGHTS_FILE);
  return { ...adapter, directory, bytes: adapterBytes(adapter), bound: made !== undefined, dropout: settings.dropout };
}

export interface WriteAdapterOptions {
  base: { hash: string; name: string };
  dropout: number;
  /** Further files, such as `calibration.json`, by name. */
  files?: Readonly<Record<string, string>>;
}

/** Writes all files or none. @throws DISK_FULL, ADAPTER_INVALID for weights that are not finite */
export async function writeAdapterDirectory(directory: string, { sites, weights }: Adapter, { base, dropout, files = {} }: WriteAdapterOptions): Promise<void> {
  requireFiniteAdapter({ sites, weights }, WEIGHTS_FILE);
  const tensors = new Map<string, StoredTensor>([...weights].map(([name, { shape, data }]) => [savedName(name), floatTensor(shape, data)]));
  await withStagedFiles(async (staged) => {
    await staged.add(path.join(directory, WEIGHTS_FILE), safetensorsChunks(tensors, { metadata: { format: 'pt', [BASE_KEY]: base.hash } }, WEIGHTS_FILE));
    await staged.add(path.join(directory, CONFIG_FILE), [formatPeftConfig(sites, { head: weights.has(HEAD), dropout, baseName: base.name })]);
    for (const [name, text] of Object.entries(files)) await staged.add(path.join(directory, name), [text]);
  });
}

/** `h.0.attn.c_attn.lora_A` is `base_model.model.transformer.h.0.attn.c_attn.lora_A.weight` in PEFT's files. */
function savedName(name: string): string {
  return name === HEAD ? `${PREFIX}${HEAD}` : `${PREFIX}transformer.${name}.weight`;
}

async function readText(directory: string): Promise<string> {
  try {
    return await readFile(path.join(directory, CONFIG_FILE), 'utf8');
  } catch (cause) {
    throw unavailable(`${directory} has no readable ${CONFIG_FILE}: ${messageOf(cause)}.`, CONFIG_FILE, cause);
  }
}

async function readWeights(directory: string): Promise<SafetensorsFile> {
  try {
    return await readSafetensors(path.join(directory, WEIGHTS_FILE));
  } catch (cause) {
    if (!isAdloomError(cause)) throw cause;
    if (cause.code === 'MODEL_UNAVAILABLE') throw unavailable(cause.message, WEIGHTS_FILE, cause);
    throw new AdloomError('ADAPTER_INVALID', cause.message, { field: WEIGHTS_FILE, hint: cause.hint, cause });
  }
}

function unavailable(message: string, field: string, cause: unknown): AdloomError {
  return new AdloomError('ADAPTER_UNAVAILABLE', message, { field, hint: `Give a directory with ${CONFIG_FILE} and ${WEIGHTS_FILE}, as PEFT saves them.`, cause });
}
