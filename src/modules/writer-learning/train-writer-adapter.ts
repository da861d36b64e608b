/** Tunes a writer to copy that won, by an adapter, and saves both the adapter and the tuned writer. */
import { cp, readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AdloomError } from '../../base/errors';
import { createRng } from '../../base/rng';
import { fingerprintsOf, MEMORISED_FILE, WINNERS_FILE } from '../../domain/guard/memorised-set';
import { newAdapter } from '../../ml/lora/adapter';
import { writeAdapterDirectory } from '../../ml/lora/adapter-directory';
import { baseHash } from '../../ml/lora/base-hash';
import { writeMergedDirectory } from '../../ml/lora/merged-directory';
import { LORA_TARGETS, loraSites, type LoraConfig } from '../../ml/lora/sites';
import { createBpeTokenizer } from '../../ml/tokenizer/bpe';
import { parseTokenizerJson } from '../../ml/tokenizer/tokenizer-json';
import { documentCount } from '../../ml/train/documents';
import type { LoopReport, LoopResult } from '../../ml/train/loop';
import { startTraining } from '../../ml/train/start-training';
import { readGpt2Directory } from '../../ml/weights/hf-directory';
import { fingerprintOf } from '../training/fingerprint';
import { readTokenizerFiles } from '../training/save-model';
import { readCopyCorpus, writerDocuments } from '../training/writer-documents';
import { winnerDocuments } from './winner-documents';
import type { Contest, Winner } from './winners';

export interface TrainWriterAdapterOptions {
  /** Directory of the writer; it stays as it is. */
  base: string;
  /** Folder of the copy corpus that the writer must not forget. */
  corpus: string;
  contest: Contest;
  /** Gets `adapter/` in PEFT's layout and `writer/`, the tuned writer as a directory of its own. */
  output: string;
  checkpoints: string;
  seed: number;
  lora?: Partial<Omit<LoraConfig, 'head'>>;
  epochs?: number;
  rate?: number;
  threads?: number;
  report: (report: LoopReport) => void;
  signal?: AbortSignal;
}

export interface WriterAdapterRun {
  writer: string;
  adapter: string;
  /** Of base, settings and every document: equal ones train the same writer. */
  fingerprint: string;
  result: LoopResult;
}

/** Fewer tell more of chance than of style, and are soon known by heart. */
export const LEAST_WINNERS = 40;
const LORA_DEFAULTS: Omit<LoraConfig, 'head'> = { rank: 8, alpha: 16, dropout: 0.05, targets: LORA_TARGETS };
/** Passes over the winners at most, and the peak of the learning rate. */
export const TUNING = { epochs: 16, rate: 2e-3 };
/** Lines of the corpus per winner in every epoch, drawn anew, and what a token of theirs counts. */
const REPLAY = { perWinner: 1, weight: 0.5 };
/** What a loss of the corpus counts beside the distance of winners from others: a little, as every tuning costs some of it. */
const KNOWN = 0.1;
const BATCH_TOKENS = 640;

/**
 * Winners and a share of the corpus, which holds the writer to what it knew. Validation asks, for prompts that were kept back, how much
 * likelier winners have become than the other lines, and how much of the corpus was forgotten; the run keeps the weights that validate
 * best, those it began with included. Stopped or killed, it goes on from its last checkpoint when called again.
 * @throws CONFLICT for too few winners, or where nothing validated better than the base; CANCELLED
 */
export async function trainWriterAdapter(options: TrainWriterAdapterOptions): Promise<WriterAdapterRun> {
  const { base: directory, contest, output, seed, threads } = options;
  requireWinners(contest.winners);
  const { config, tensors } = await readGpt2Directory(directory, { head: 'language-model', tied: true });
  const base = new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));
  const tokenizer = createBpeTokenizer(parseTokenizerJson((await readTokenizerFiles(directory))['tokenizer.json']!));
  const lines = winnerDocuments(contest, tokenizer);
  const corpus = writerDocuments(await readCopyCorpus(options.corpus), tokenizer, 1, 0);
  const replay = { ...corpus.training, weights: corpus.training.weights.map((weight) => weight * REPLAY.weight) };
  const lora: LoraConfig = { ...LORA_DEFAULTS, ...options.lora, head: false };
  const sites = loraSites(lora, config);
  const epochs = options.epochs ?? TUNING.epochs;
  const peak = options.rate ?? TUNING.rate;
  const hash = baseHash(base);
  const fingerprint = fingerprintOf(['writer-adapter', hash, lora, epochs, peak, seed, REPLAY], [lines.training, lines.held, lines.others, replay, corpus.validation]);
  const result = await startTraining(
    {
      task: {
        kind: 'language-adapter',
        job: {
          config, base, sites, batchTokens: BATCH_TOKENS, dropout: { body: 0.05, adapter: lora.dropout }, threads,
          training: [
            { name: 'winners', documents: lines.training, share: 1 },
            { name: 'corpus', documents: replay, share: Math.min(1, (REPLAY.perWinner * documentCount(lines.training)) / documentCount(replay)) },
          ],
          validation: [
            { name: 'winners', documents: lines.held, share: 1 },
            { name: 'others', documents: lines.others, share: -1 },
            { name: 'corpus', documents: corpus.validation, share: KNOWN },
          ].filter(({ documents }) => documentCount(documents) > 0),
        },
      },
      weights: newAdapter(sites, createRng(seed)).weights,
      settings: {
        seed, epochs, clip: 1, threads, optimiser: { weightDecay: 0.01 },
        schedule: { peak, warmup: 10, floor: 0.1 },
        evaluateEvery: 20, patience: 4, keepStart: true, averageFrom: 1, checkpointEvery: 50,
        // Another writer may have gone live since it was stopped.
        checkpoints: options.checkpoints, fingerprint, replaceOther: true,
      },
    },
    { report: options.report, signal: options.signal },
  );
  if (result.bestStep === 0) throw nothingLearnt();
  const adapter = path.join(output, 'adapter');
  const writer = path.join(output, 'writer');
  const tuned = { sites, weights: result.weights };
  await writeAdapterDirectory(adapter, tuned, { base: { hash, name: path.basename(path.resolve(directory)) }, of: 'language-model', dropout: lora.dropout });
  await writeMergedDirectory(directory, tuned, writer, { head: 'language-model', files: await guardFiles(directory, contest.winners) });
  // The guard holds a writer's words to the corpus beside it.
  if (existsSync(path.join(directory, 'corpus'))) await cp(path.join(directory, 'corpus'), path.join(writer, 'corpus'), { recursive: true });
  return { writer, adapter, fingerprint, result };
}

/** @throws CONFLICT saying how many are needed and how many there are */
export function requireWinners(winners: readonly Winner[]): void {
  if (winners.length >= LEAST_WINNERS) return;
  throw new AdloomError('CONFLICT', `The log has ${winners.length} lines of copy that surely did better than their campaigns; a writer learns from ${LEAST_WINNERS} or more.`, {
    field: 'winners',
    hint: 'Let more creatives run, or the same ones longer: a line counts once its impressions leave little to luck.',
  });
}

function nothingLearnt(): AdloomError {
  return new AdloomError('CONFLICT', 'No step of the training preferred the winners that were kept back to the other lines more than the writer does already.', {
    field: 'winners',
    hint: 'What won differs too little from what lost: there is no style to learn from it yet.',
  });
}

/** What the base may not repeat, and what it was tuned on, this time and before. */
async function guardFiles(directory: string, winners: readonly Winner[]): Promise<Record<string, Uint8Array>> {
  const read = (name: string): Promise<Buffer | null> => readFile(path.join(directory, name)).catch(() => null);
  const [memorised, before] = [await read(MEMORISED_FILE), await read(WINNERS_FILE)];
  const own = fingerprintsOf(winners.map(({ text }) => text));
  const earlier = before === null ? new Uint32Array(0) : new Uint32Array(before.buffer.slice(before.byteOffset, before.byteOffset + (before.length & ~3)));
  const all = Uint32Array.from(new Set([...own, ...earlier])).toSorted();
  return { ...(memorised && { [MEMORISED_FILE]: new Uint8Array(memorised) }), [WINNERS_FILE]: new Uint8Array(all.buffer) };
}
