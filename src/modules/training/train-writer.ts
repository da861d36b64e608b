import { fingerprintsOf, MEMORISED_FILE } from '../../domain/guard/memorised-set';
import { createBpeTokenizer } from '../../ml/tokenizer/bpe';
import { parseTokenizerJson } from '../../ml/tokenizer/tokenizer-json';
import type { LoopResult } from '../../ml/train/loop';
import { startTraining } from '../../ml/train/start-training';
import { readGpt2Directory } from '../../ml/weights/hf-directory';
import { baseTexts } from './base-documents';
import { fingerprintOf } from './fingerprint';
import { readTokenizerFiles, saveModel } from './save-model';
import type { TrainOptions } from './train-options';
import { END_OF_TEXT } from './vocabulary';
import { readCopyCorpus, writerDocuments } from './writer-documents';

/** How often each corpus line is seen per epoch, every time with other slots on offer. */
const VIEWS = 2;
/** Small batches: the corpus is small, and what counts is the number of updates. */
const BATCH_TOKENS = 640;

/** Tunes the base language model on the copy corpus: structured prompt in, ad copy with slots out. */
export async function trainWriter(options: TrainOptions): Promise<LoopResult> {
  const { report, settings } = options;
  const { config, tensors } = await readGpt2Directory(options.base, { head: 'language-model', tied: true });
  const tokenizer = await readTokenizerFiles(options.base);
  const bpe = createBpeTokenizer(parseTokenizerJson(tokenizer['tokenizer.json']!));
  const lines = await readCopyCorpus(options.corpus);
  const { training, validation } = writerDocuments(lines, bpe, VIEWS);
  report.note(`${lines.length} lines of copy, ${training.ids.length} training tokens`);
  const epochs = settings.epochs ?? 12;
  const peak = settings.rate ?? 1.2e-3;
  const dropout = 0.05;
  const result = await startTraining(
    {
      task: { kind: 'language-model', job: { config, training, validation, batchTokens: BATCH_TOKENS, dropout, threads: settings.threads } },
      weights: new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }])),
      settings: {
        seed: options.seed, epochs, clip: 1, threads: settings.threads,
        schedule: { peak, warmup: 100, floor: 0.05 },
        evaluateEvery: 800, patience: Infinity, keep: 'last', averageFrom: 0.9, checkpointEvery: 800,
        checkpoints: options.checkpoints, fingerprint: fingerprintOf(['writer', config, epochs, options.seed, peak, dropout], [training, validation]),
      },
    },
    { report: report.progress, signal: options.signal },
  );
  const scraped = (await baseTexts(options.data, options.corpus)).filter((t) => !t.special && !t.history);
  await saveModel(options.output, {
    config, weights: result.weights, head: 'language-model', tokenizer, endOfText: bpe.tokenId(END_OF_TEXT)!, storage: 'F16',
    // What the base model read may not come out again; the guard holds copy against these hashes.
    files: { [MEMORISED_FILE]: new Uint8Array(fingerprintsOf(scraped.map((t) => t.text)).buffer) },
  });
  return result;
}
