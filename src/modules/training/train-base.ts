import { createRng } from '../../base/rng';
import type { Gpt2Config } from '../../ml/gpt2/config';
import { bodyParameters, initialise, type Weights } from '../../ml/gpt2/parameters';
import { createBpeTokenizer, type BpeTokenizer } from '../../ml/tokenizer/bpe';
import { parseTokenizerJson } from '../../ml/tokenizer/tokenizer-json';
import { trainBpe } from '../../ml/tokenizer/train-bpe';
import type { LoopResult } from '../../ml/train/loop';
import { startTraining } from '../../ml/train/start-training';
import { readGpt2Directory } from '../../ml/weights/hf-directory';
import { baseDocuments, baseTexts, tokenizerTexts, type BaseText } from './base-documents';
import { readTokenizerFiles, saveModel, tokenizerFiles } from './save-model';
import { fingerprintOf } from './fingerprint';
import type { TrainOptions } from './train-options';
import { END_OF_TEXT, SPECIAL_TOKENS } from './vocabulary';

/** The shape of the shipped models: small enough for a laptop's processor, large enough to write a headline. */
export const SHIPPED_SHAPE = { layers: 4, heads: 4, channels: 256, inner: 1024, positions: 256, layerNormEpsilon: 1e-5 } as const;
const VOCABULARY = 8192;
/** Small batches: the texts are few, and what counts is the number of updates. */
const BATCH_TOKENS = 1024;

interface Start {
  config: Gpt2Config;
  weights: Weights;
  tokenizer: Record<string, string>;
  bpe: BpeTokenizer;
}

/**
 * Trains the tokenizer and the base language model that the writer and the ranker start from. With a base model given it
 * goes on from there, tokenizer included: a second run with its own warm-up (Loshchilov and Hutter 2017).
 */
export async function trainBase(options: TrainOptions): Promise<LoopResult> {
  const { report, settings } = options;
  const texts = await baseTexts(options.data, options.corpus);
  report.note(`${texts.length} texts`);
  const { config, weights, tokenizer, bpe } = options.baseGiven ? await startFrom(options.base) : startFromNothing(texts, options.seed);
  const { training, validation } = baseDocuments(texts, bpe);
  report.note(`${training.ids.length} training tokens, ${validation.ids.length} validation tokens, vocabulary ${config.vocabulary}`);
  const epochs = settings.epochs ?? 4;
  const peak = settings.rate ?? 1.5e-3;
  const task = { config, training, validation, batchTokens: BATCH_TOKENS, dropout: 0.1, threads: settings.threads };
  const result = await startTraining(
    {
      task: { kind: 'language-model', job: task },
      weights,
      settings: {
        seed: options.seed, epochs, clip: 1, threads: settings.threads,
        schedule: { peak, warmup: 200, floor: 0.05 },
        evaluateEvery: 500, patience: 5, averageFrom: 0.9, checkpointEvery: 500,
        checkpoints: options.checkpoints, fingerprint: fingerprintOf(['base', options.baseGiven ? options.base : '', config, epochs, options.seed, peak, BATCH_TOKENS], [training, validation]),
      },
    },
    { report: report.progress, signal: options.signal },
  );
  await saveModel(options.output, { config, weights: result.weights, head: 'language-model', tokenizer, endOfText: bpe.tokenId(END_OF_TEXT)!, storage: 'F32' });
  return result;
}

function startFromNothing(texts: readonly BaseText[], seed: number): Start {
  const vocabulary = trainBpe(tokenizerTexts(texts), { vocabularySize: VOCABULARY, specialTokens: SPECIAL_TOKENS });
  const tokenizer = tokenizerFiles(vocabulary, SHIPPED_SHAPE.positions);
  const bpe = createBpeTokenizer(parseTokenizerJson(tokenizer['tokenizer.json']!));
  const config: Gpt2Config = { ...SHIPPED_SHAPE, vocabulary: bpe.vocabularySize };
  return { config, weights: initialise(bodyParameters(config), config, createRng(seed)), tokenizer, bpe };
}

async function startFrom(directory: string): Promise<Start> {
  const { config, tensors } = await readGpt2Directory(directory, { head: 'language-model', tied: true });
  const tokenizer = await readTokenizerFiles(directory);
  const bpe = createBpeTokenizer(parseTokenizerJson(tokenizer['tokenizer.json']!));
  return { config, weights: new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }])), tokenizer, bpe };
}
