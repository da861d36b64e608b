import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AdloomError, messageOf } from '../../base/errors';

/**
 * The identity of a model: sha256 over the files that decide its numbers (configuration, tokeniser, how text becomes input, calibration, weights),
 * so that a score can name the model that gave it. Files in order of name, each framed by its name and length of content.
 */
const DECIDING = /^(config|tokenizer|tokenizer_config|calibration|ranker|adapter_config|generation_config)\.json$|\.safetensors(\.index\.json)?$/;

/** 64 hexadecimal digits. Other files (cards, logs, ONNX exports) do not count. @throws MODEL_UNAVAILABLE. */
export async function directoryContentHash(directory: string): Promise<string> {
  try {
    const names = (await readdir(directory)).filter((name) => DECIDING.test(name)).sort();
    if (names.length === 0) throw new Error('it holds no config.json and no .safetensors file');
    const total = createHash('sha256');
    for (const name of names) {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(join(directory, name), { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
      total.update(`${name}\n${hash.digest('hex')}\n`);
    }
    return total.digest('hex');
  } catch (error) {
    throw new AdloomError('MODEL_UNAVAILABLE', `${directory} cannot be read as a model: ${messageOf(error)}.`, {
      field: directory,
      hint: 'Give a Hugging Face model directory.',
      cause: error,
    });
  }
}

/** The first 12 digits: what people see and what a prediction stores. */
export function shortId(hash: string): string {
  return hash.slice(0, 12);
}
