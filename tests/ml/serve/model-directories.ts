import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGenerator, type OpenGeneratorOptions } from '../../../src/ml/serve/open-generator';
import { openScorer, type OpenOptions } from '../../../src/ml/serve/open-scorer';
import type { Generator, Scorer } from '../../../src/ml/serve/types';
import { readGpt2Directory, writeGpt2Directory } from '../../../src/ml/weights/hf-directory';
import { readSafetensors, writeSafetensors } from '../../../src/ml/weights/safetensors';
import { formatTokenizerJson } from '../../../src/ml/tokenizer/tokenizer-json';
import { floatTensor, type StoredTensor } from '../../../src/ml/weights/tensor';

const FIXTURES = join(__dirname, '..', '..', 'fixtures');
export const CTR = join(FIXTURES, 'models', 'ctr');
export const WRITER = join(FIXTURES, 'models', 'writer');

/** Copies of the fixtures' models that a test may spoil. */
export class ModelDirectories {
  readonly root = mkdtempSync(join(tmpdir(), 'adloom-models-'));
  private readonly opened: { close(): Promise<void> }[] = [];
  private count = 0;

  copyOf(source: string): string {
    const directory = join(this.root, `model-${this.count++}`);
    cpSync(source, directory, { recursive: true });
    return directory;
  }

  /**
   * The classifier that the Hugging Face libraries saved, with a tokenizer of single characters.
   * @param labels 2 gives it a head whose second label beats the first by the logit of the one label
   */
  async huggingFaceClassifier(labels: 1 | 2): Promise<string> {
    const directory = this.copyOf(join(FIXTURES, 'reference', 'classifier'));
    const { config, tensors } = await readGpt2Directory(directory);
    const [score] = [tensors.get('score.weight')!];
    const base = Float32Array.from(score.data, (_, i) => Math.sin(i));
    const head = labels === 1 ? score : floatTensor([2, config.channels], Float32Array.from([...base, ...score.data.map((w, i) => w + base[i]!)]));
    const names = labels === 1 ? ['click'] : ['no', 'yes'];
    const { raw: _, ...plain } = config;
    await writeGpt2Directory(directory, { config: { ...plain, labels: names }, head: 'classifier', tensors: new Map([...tensors, ['score.weight', head]]), tokenizer: undefined });
    return withCharacters(directory);
  }

  /** The language model that the Hugging Face libraries saved, with a tokenizer of single characters: it knows no markers. */
  huggingFaceWriter(): string {
    return withCharacters(this.copyOf(join(FIXTURES, 'reference', 'language-model')));
  }

  /** Models that are closed with the directories, also where a test fails. */
  async scorer(directory: string, options: OpenOptions = {}): Promise<Scorer> {
    const scorer = await openScorer(directory, { threads: 1, ...options });
    this.opened.push(scorer);
    return scorer;
  }

  async generator(reference: string, cache: string, engine?: OpenGeneratorOptions['engine']): Promise<Generator> {
    const generator = await openGenerator(reference, { cache, engine });
    this.opened.push(generator);
    return generator;
  }

  async remove(): Promise<void> {
    await Promise.all(this.opened.map((model) => model.close()));
    rmSync(this.root, { recursive: true, force: true });
  }
}

function withCharacters(directory: string): string {
  const printable = Array.from({ length: 95 }, (_, i) => (i === 0 ? 'Ġ' : String.fromCodePoint(32 + i)));
  writeFileSync(join(directory, 'tokenizer.json'), formatTokenizerJson({ tokens: [...printable, '<|endoftext|>'], merges: [], specialTokens: ['<|endoftext|>'] }));
  return directory;
}

export function editJson(file: string, change: (json: Record<string, unknown>) => unknown): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)));
}

export async function editTensors(file: string, change: (tensors: Map<string, StoredTensor>) => void): Promise<void> {
  const { tensors } = await readSafetensors(file);
  change(tensors);
  await writeSafetensors(file, tensors);
}

/** What a refusal says, with the place of the test's own files left out. */
export async function refusalOf(promise: Promise<unknown>, root: string): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e as { code?: string; field?: string; message: string; hint?: string },
  );
  if (!error) return 'accepted';
  return [error.code, error.field, error.message, error.hint].map((part) => part?.replaceAll(root, '').replaceAll(FIXTURES, 'fixtures') ?? '-').join(' | ');
}
