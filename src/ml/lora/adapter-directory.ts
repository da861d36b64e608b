/** An adapter on disk in PEFT's layout: `adapter_config.json`, `adapter_model.safetensors`, and files of ours beside them. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import type { Gpt2Config } from '../gpt2/config';
import type { Weights } from '../gpt2/parameters';
import { readSafetensors, safetensorsChunks, type SafetensorsFile } from '../weights/safetensors';
import { withStagedFiles } from '../weights/staged-files';
import { floatTensor, isFloatTensor, type StoredTensor } from '../weights/tensor';
import { adapterBytes, adapterParameters, HEAD, requireFiniteAdapter, type Adapter } from './adapter';
import { withLabels } from './head-labels';
import { readWords, WORDS_FILE, wordsChunks } from './words';
import { adapterMismatch, CONFIG_FILE, WEIGHTS_FILE, weightsInvalid } from './adapter-errors';
import { formatPeftConfig, parsePeftConfig, peftSites, type AdaptedHead } from './peft-config';

const PREFIX = 'base_model.model.';
/** Key of the safetensors metadata: hash of the base's weights. */
const BASE_KEY = 'adloom.base';

const APART = `${WEIGHTS_FILE} and ${CONFIG_FILE} do not belong together; save the adapter again.`;

/** What an adapter must fit. */
export interface AdapterBase {
  config: Gpt2Config;
  /** Labels of the base's head. */
  labels: number;
  /** `baseHash` of its weights. */
  hash: string;
  /** Rows of its linear part; none where absent. */
  gramRows?: number;
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
  checkBlocks([...tensors.keys()], sites.map((site) => site.layer), base.config.layers);
  for (const { name, shape } of specs) {
    const saved = savedName(name);
    const tensor = tensors.get(saved);
    if (!tensor) throw weightsInvalid(saved, `tensor ${saved} of shape [${shape.join(', ')}] is missing.`, APART);
    if (!isFloatTensor(tensor)) throw weightsInvalid(saved, `tensor ${saved} must hold floats, but holds ${tensor.dtype}.`, 'Save the adapter again.');
    if (tensor.shape.join() !== shape.join()) throw wrongShape(name, shape, tensor.shape);
    weights.set(name, { shape, data: tensor.data });
    tensors.delete(saved);
  }
  const [stray] = tensors.keys();
  if (stray !== undefined) {
    throw weightsInvalid(stray, `it holds ${stray}, which ${CONFIG_FILE} does not name as adapted.`, 'Only linear layers of GPT-2 blocks and score.weight can be adapted; save the adapter again.');
  }
  const words = await readWords(directory, base.gramRows ?? 0);
  const adapter: Adapter = { sites, weights, ...(words && { words }) };
  requireFiniteAdapter(adapter, WEIGHTS_FILE);
  return { ...adapter, directory, bytes: adapterBytes(adapter), bound: made !== undefined, dropout: settings.dropout };
}

/** Blocks say first that an adapter is of another model. */
function checkBlocks(saved: readonly string[], layers: readonly string[], blocks: number): void {
  const blockOf = (name: string): number => Number(/\bh\.(\d+)\./.exec(name)?.[1] ?? -1);
  const held = new Set(saved.map(blockOf));
  const beyond = [...held].find((block) => block >= blocks);
  const without = layers.map(blockOf).find((block) => !held.has(block));
  if (beyond !== undefined) throw adapterMismatch(WEIGHTS_FILE, `${WEIGHTS_FILE}: the adapter changes block ${beyond}; this base has the blocks 0 to ${blocks - 1}.`);
  if (without !== undefined) throw adapterMismatch(WEIGHTS_FILE, `${WEIGHTS_FILE}: the adapter has nothing for block ${without}, which ${CONFIG_FILE} adapts in this base of ${blocks} blocks.`);
}

/** A rank is between the two files; the other extents are the base's. */
function wrongShape(name: string, required: readonly number[], came: readonly number[]): AdloomError {
  const rankAxis = name.endsWith('lora_A') ? 0 : name.endsWith('lora_B') ? 1 : -1;
  const message = `tensor ${savedName(name)} must have the shape [${required.join(', ')}]`;
  const other = came.length === required.length && required.every((extent, axis) => axis === rankAxis || extent === came[axis]);
  if (other) return weightsInvalid(savedName(name), `${message} by ${CONFIG_FILE}, but has [${came.join(', ')}].`, APART);
  return adapterMismatch(savedName(name), `${WEIGHTS_FILE}: ${message} for this base, but has [${came.join(', ')}].`);
}

export interface WriteAdapterOptions {
  /** `labels`: of its head, 1 unless told; the adapter's is saved as one of so many. */
  base: { hash: string; name: string; labels?: number };
  /** What the base is for; a classifier unless told. */
  of?: AdaptedHead;
  dropout: number;
  /** Further files, such as `calibration.json`, by name. */
  files?: Readonly<Record<string, string>>;
}

/** Writes all files or none. @throws DISK_FULL, ADAPTER_INVALID for weights that are not finite */
export async function writeAdapterDirectory(directory: string, { sites, weights, words }: Adapter, { base, of = 'classifier', dropout, files = {} }: WriteAdapterOptions): Promise<void> {
  requireFiniteAdapter({ sites, weights }, WEIGHTS_FILE);
  const tensors = new Map<string, StoredTensor>([...withLabels(weights, base.labels ?? weights.get(HEAD)?.shape[0] ?? 1)].map(([name, { shape, data }]) => [savedName(name), floatTensor(shape, data)]));
  await withStagedFiles(async (staged) => {
    await staged.add(path.join(directory, WEIGHTS_FILE), safetensorsChunks(tensors, { metadata: { format: 'pt', [BASE_KEY]: base.hash } }, WEIGHTS_FILE));
    await staged.add(path.join(directory, CONFIG_FILE), [formatPeftConfig(sites, { of, head: weights.has(HEAD), dropout, baseName: base.name })]);
    if (words) await staged.add(path.join(directory, WORDS_FILE), wordsChunks(words));
    for (const [name, text] of Object.entries(files)) await staged.add(path.join(directory, name), [text]);
  });
  // Of an adapter that stood here before.
  if (!words) await rm(path.join(directory, WORDS_FILE), { force: true });
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
