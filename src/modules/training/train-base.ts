import { createRng } from '../../base/rng';
import type { Gpt2Config } from '../../ml/gpt2/config';
import { bodyParameters, initialise } from '../../ml/gpt2/parameters';
import { createBpeTokenizer } from '../../ml/tokenizer/bpe';
import { parseTokenizerJson } from '../../ml/tokenizer/tokenizer-json';
import { trainBpe } from '../../ml/tokenizer/train-bpe';
import type { LoopResult } from '../../ml/train/loop';
import { startTraining } from '../../ml/train/start-training';
import { baseDocuments, baseTexts, tokenizerTexts } from './base-documents';
import { saveModel, tokenizerFiles } from './save-model';
import { fingerprintOf } from './fingerprint';
import type { TrainOptions } from './train-options';
import { END_OF_TEXT, SPECIAL_TOKENS } from './vocabulary';

/** The shape of the shipped models: small enough for a laptop's processor, large enough to write a headline. */
export const SHIPPED_SHAPE = { layers: 4, heads: 4, channels: 256, inner: 1024, positions: 256, layerNormEpsilon: 1e-5 } as const;
const VOCABULARY = 8192;

/** Trains the tokenizer and the base language model that the writer and the ranker start from. */
export async function trainBase(options: TrainOptions): Promise<LoopResult> {
  const { report, settings } = options;
  const texts = await baseTexts(options.data, options.corpus);
  report.note(`${texts.length} texts; training the tokenizer`);
  const vocabulary = trainBpe(tokenizerTexts(texts), { vocabularySize: VOCABULARY, specialTokens: SPECIAL_TOKENS });
  const tokenizer = tokenizerFiles(vocabulary, SHIPPED_SHAPE.positions);
  const bpe = createBpeTokenizer(parseTokenizerJson(tokenizer['tokenizer.json']!));
  const config: Gpt2Config = { ...SHIPPED_SHAPE, vocabulary: bpe.vocabularySize };
  const { training, validation } = baseDocuments(texts, bpe);
  report.note(`${training.ids.length} training tokens, ${validation.ids.length} validation tokens, vocabulary ${config.vocabulary}`);
  const epochs = settings.epochs ?? 2;
  const task = { config, training, validation, batchTokens: 2560, dropout: 0.05, threads: settings.threads };
  const result = await startTraining(
    {
      task: { kind: 'language-model', job: task },
      weights: initialise(bodyParameters(config), config, createRng(options.seed)),
      settings: {
        seed: options.seed, epochs, clip: 1, threads: settings.threads,
        schedule: { peak: settings.rate ?? 2e-3, warmup: 100, floor: 0.05 },
        evaluateEvery: 400, patience: 5, averageFrom: 0.9, checkpointEvery: 400,
        checkpoints: options.checkpoints, fingerprint: fingerprintOf(['base', config, epochs, options.seed, settings.rate ?? 2e-3], [training, validation]),
      },
    },
    { report: report.progress, signal: options.signal },
  );
  await saveModel(options.output, { config, weights: result.weights, head: 'language-model', tokenizer, endOfText: bpe.tokenId(END_OF_TEXT)!, storage: 'F32' });
  return result;
}
