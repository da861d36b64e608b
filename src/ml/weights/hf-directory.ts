import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AdloomError, messageOf } from '../../base/errors';
import { canonicalName, gpt2Shapes, isMaskBuffer, savedName } from './gpt2-shapes';
import { ARCHITECTURES, formatHfConfig, parseHfConfig, type Gpt2Head, type HfGpt2Config, type NewHfGpt2Config } from './hf-config';
import { modelInvalid } from './safetensors-header';
import { readSafetensors, safetensorsChunks, type WriteOptions } from './safetensors';
import { shardsOf, SINGLE_FILE } from './shards';
import { withStagedFiles } from './staged-files';
import { isFloatTensor, type FloatTensor, type StoredTensor } from './tensor';

/** A GPT-2 directory in Hugging Face layout: `config.json`, `model.safetensors` (or shards), `tokenizer.json`. */
export interface Gpt2Directory {
  readonly directory: string;
  readonly config: HfGpt2Config;
  readonly head: Gpt2Head;
  /** By canonical name (`wte.weight`, `h.0.ln_1.bias`, `score.weight`), shapes checked; no tied `lm_head.weight`. */
  readonly tensors: Map<string, FloatTensor>;
  /** Tensors that a GPT-2 with this head does not have, as saved; the caller decides. */
  readonly extras: Map<string, StoredTensor>;
}

/**
 * Masks, a head that is not asked for and a tied head are left on disk.
 * @param options.tied refuses a language model whose head has weights of its own: training shares them with the embeddings
 * @throws MODEL_INVALID, MODEL_UNAVAILABLE.
 */
export async function readGpt2Directory(directory: string, options: { head?: Gpt2Head; tied?: boolean } = {}): Promise<Gpt2Directory> {
  const config = parseHfConfig(await readModelText(directory, 'config.json'));
  if (options.tied && !config.tiedHead) throw modelInvalid('config.json', 'tie_word_embeddings is false, but only a model whose head is tied to its embeddings can be trained.', 'It can write as it is; give another to train.');
  const { files, where } = await shardsOf(directory, readModelText);
  const found = new Map<string, { tensor: StoredTensor; saved: string; file: string }>();
  for (const file of files) {
    const { tensors } = await readSafetensors(join(directory, file), { only: (name) => !isMaskBuffer(canonicalName(name)) });
    for (const [saved, tensor] of tensors) {
      const name = canonicalName(saved);
      const twin = found.get(name);
      if (twin) throw modelInvalid(file, `it holds ${saved}, and ${twin.file} holds ${twin.saved}: two of one.`);
      found.set(name, { tensor, saved, file });
    }
  }
  const head = options.head ?? headOf(config, (name) => found.has(name));
  const tensors = new Map<string, FloatTensor>();
  for (const [name, shape] of gpt2Shapes(config, head)) {
    const entry = found.get(name);
    const required = `shape [${shape.join(', ')}]`;
    if (!entry) {
      throw modelInvalid(where, `tensor ${savedName(name, head)} of ${required} is missing.`, 'The weights and config.json do not belong together, or the head differs.');
    }
    if (!isFloatTensor(entry.tensor)) throw modelInvalid(entry.file, `tensor ${entry.saved} must hold floats of ${required}, but holds ${entry.tensor.dtype}.`);
    const shapeFound = entry.tensor.shape;
    if (shapeFound.length !== shape.length || shapeFound.some((side, i) => side !== shape[i])) {
      throw modelInvalid(
        entry.file,
        `tensor ${entry.saved} must have the ${required} by config.json, but has the shape [${shapeFound.join(', ')}].`,
        'The weights and config.json do not belong together.',
      );
    }
    tensors.set(name, entry.tensor);
    found.delete(name);
  }
  for (const known of ['lm_head.weight', 'score.weight']) found.delete(known);
  const extras = new Map([...found.values()].map(({ saved, tensor }) => [saved, tensor]));
  return { directory, config, head, tensors, extras };
}

export interface Gpt2DirectoryContents {
  readonly config: NewHfGpt2Config;
  readonly head: Gpt2Head;
  /** By canonical name; tensors beyond a GPT-2's own are stored under the name they come with. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Copied from a directory, or file names with their text. */
  readonly tokenizer?: { readonly copyFrom: string } | { readonly files: Readonly<Record<string, string>> };
  /** Further files, such as `calibration.json`, by name. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json'];

/** Writes all files or none; other files of the directory stay. @throws DISK_FULL, MODEL_INVALID (a tensor missing or mis-shaped). */
export async function writeGpt2Directory(directory: string, contents: Gpt2DirectoryContents, options: WriteOptions = {}): Promise<void> {
  const { head, tensors } = contents;
  const configText = formatHfConfig(contents.config, head);
  const config = parseHfConfig(configText);
  const shapes = gpt2Shapes(config, head);
  for (const [name, shape] of shapes) {
    const came = tensors.get(name)?.shape;
    if (!came || came.join() !== shape.join()) {
      throw modelInvalid(SINGLE_FILE, `tensor ${name} of shape [${shape.join(', ')}] is required to write it, ${came ? `but has [${came.join(', ')}]` : 'but is missing'}.`);
    }
  }
  const saved = new Map([...tensors].map(([name, tensor]) => [shapes.has(name) ? savedName(name, head) : name, tensor]));
  const { tokenizer } = contents;
  const texts: Record<string, string | Uint8Array> = { 'config.json': configText, ...contents.files };
  if (tokenizer && 'files' in tokenizer) Object.assign(texts, tokenizer.files);
  else if (tokenizer) for (const file of TOKENIZER_FILES) texts[file] = await readModelText(tokenizer.copyFrom, file);
  await withStagedFiles(async (files) => {
    await files.add(join(directory, SINGLE_FILE), safetensorsChunks(saved, options, SINGLE_FILE));
    for (const [file, text] of Object.entries(texts)) await files.add(join(directory, file), [text]);
  });
}

/** What config.json says; the tensors decide where it says nothing. */
function headOf(config: HfGpt2Config, has: (name: string) => boolean): Gpt2Head {
  const named = config.raw['architectures'];
  if (Array.isArray(named)) {
    for (const head of ['language-model', 'classifier'] as const) if (named.includes(ARCHITECTURES[head])) return head;
    if (named.includes(ARCHITECTURES.none)) return has('score.weight') ? 'classifier' : 'none';
  }
  return has('score.weight') ? 'classifier' : 'language-model';
}

async function readModelText(directory: string, file: string): Promise<string> {
  try {
    return await readFile(join(directory, file), 'utf8');
  } catch (error) {
    throw new AdloomError('MODEL_UNAVAILABLE', `${directory} has no readable ${file}: ${messageOf(error)}.`, {
      field: basename(file),
      hint: 'Give a Hugging Face model directory with config.json, model.safetensors, tokenizer.json and tokenizer_config.json.',
      cause: error,
    });
  }
}
