/** Models on disk in Hugging Face layout. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Gpt2Config } from '../../ml/gpt2/config';
import type { Weights } from '../../ml/gpt2/parameters';
import { formatTokenizerConfig, formatTokenizerJson, type BpeVocabulary } from '../../ml/tokenizer/tokenizer-json';
import { writeGpt2Directory } from '../../ml/weights/hf-directory';
import { floatTensor } from '../../ml/weights/tensor';
import { END_OF_TEXT, SPECIAL_TOKENS } from './vocabulary';

export interface SaveOptions {
  config: Gpt2Config;
  weights: Weights;
  head: 'language-model' | 'classifier';
  /** Files of the tokenizer, by name. */
  tokenizer: Record<string, string>;
  endOfText: number;
  storage: 'F16' | 'F32';
  files?: Record<string, string | Uint8Array>;
}

export async function saveModel(directory: string, options: SaveOptions): Promise<void> {
  const { config, weights, endOfText } = options;
  const tensors = new Map([...weights].filter(([name]) => !/^(wide|grams)\./.test(name)).map(([name, { shape, data }]) => [name, floatTensor(shape, data)]));
  await writeGpt2Directory(
    directory,
    {
      config: { ...config, labels: options.head === 'classifier' ? ['click'] : [], bosTokenId: endOfText, eosTokenIds: [endOfText], padTokenId: endOfText },
      head: options.head,
      tensors,
      tokenizer: { files: options.tokenizer },
      files: options.files,
    },
    { storage: options.storage },
  );
}

export function tokenizerFiles(vocabulary: BpeVocabulary, positions: number): Record<string, string> {
  return {
    'tokenizer.json': formatTokenizerJson(vocabulary),
    'tokenizer_config.json': formatTokenizerConfig({ positions, endOfText: END_OF_TEXT, specialTokens: SPECIAL_TOKENS }),
  };
}

export async function readTokenizerFiles(directory: string): Promise<Record<string, string>> {
  const names = ['tokenizer.json', 'tokenizer_config.json'];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(path.join(directory, name), 'utf8')] as const)));
}
