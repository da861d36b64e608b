import { createRng, hash32 } from '../../base/rng';
import type { Gpt2Config } from '../../ml/gpt2/config';
import { classifierParameters, initialise, type Weights } from '../../ml/gpt2/parameters';
import type { GramConfig } from '../../ml/gpt2/grams';
import { wideParameters, type WideConfig } from '../../ml/gpt2/wide';
import type { RankTextOptions } from '../../ml/gpt2/rank-text';
import { openScorer } from '../../ml/serve/open-scorer';
import type { RankerSettings } from '../../ml/serve/ranker-settings';
import { createBpeTokenizer } from '../../ml/tokenizer/bpe';
import { parseTokenizerJson } from '../../ml/tokenizer/tokenizer-json';
import type { LoopResult } from '../../ml/train/loop';
import type { RankSet } from '../../ml/train/ranking-task';
import { startTraining } from '../../ml/train/start-training';
import { readGpt2Directory } from '../../ml/weights/hf-directory';
import { writeSafetensors } from '../../ml/weights/safetensors';
import { floatTensor } from '../../ml/weights/tensor';
import path from 'node:path';
import { headlineCases, titleCases } from './ctr-cases';
import { fingerprintOf } from './fingerprint';
import { fitCalibration } from './fit-calibration';
import { createEncoder } from './ctr-examples';
import { ctrSets, inSplit, readCtrSources, type CtrSources } from './ctr-data';
import { fitLinear, gainBehindPrefix } from './fit-linear';
import { gainOfNearness, rarityOf } from './fit-nearness';
import { readTokenizerFiles, saveModel } from './save-model';
import type { TrainOptions } from './train-options';
import { END_OF_TEXT, TEXT_MARK } from './vocabulary';

const WIDE: WideConfig = { buckets: 65536, dimensions: 32 };
const GRAM_ROWS = 2 ** 18;
/** One held-out person in so many is watched during a run; all of them judge it afterwards. */
const WATCHED = 5;
const PREFIX_TOKENS = 64;
const TEXT_TOKENS = 48;

/**
 * Trains the click classifier in three steps: the wide part alone (it needs many examples and is cheap), then GPT-2
 * on what the wide part leaves open, then calibration on the validation split.
 */
export async function trainCtr(options: TrainOptions): Promise<LoopResult> {
  const { report, settings, seed } = options;
  const { config, tensors } = await readGpt2Directory(options.base, { head: 'language-model' });
  const tokenizer = await readTokenizerFiles(options.base);
  const bpe = createBpeTokenizer(parseTokenizerJson(tokenizer['tokenizer.json']!));
  const start = bpe.tokenId(END_OF_TEXT)!;
  const text: RankTextOptions = { start, mark: bpe.tokenId(TEXT_MARK)!, prefixLimit: PREFIX_TOKENS, textLimit: TEXT_TOKENS, buckets: WIDE.buckets, gramRows: 0 };
  const encoder = createEncoder(bpe, text);
  const sources = await readCtrSources(options.data, { corpus: options.corpus, titles: options.titles });
  const held = inSplit(sources, 'validation');
  const people = held.people.filter((p) => hash32(`watched:${p.person}`) % WATCHED === 0);
  const validation = ctrSets({ ...held, people }, encoder, { seed: 1, steps: 1, negatives: 19, personalWeight: 1, gamesShare: 1, newsShare: 1, copyEach: 6, copyNegatives: 9, acrossImages: 0 });
  const body: Weights = new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));

  // The wide part learns which titles go together; what makes a headline work is for GPT-2 to say.
  const affinities = (sets: RankSet[]): RankSet[] => sets.filter((set) => set.name === 'games' || set.name === 'copy');
  const wideTraining = ctrSets(inSplit(sources, 'training'), encoder, { seed, steps: 6, negatives: 7, personalWeight: 1, gamesShare: 1, newsShare: 0, copyEach: 60, copyNegatives: 7, acrossImages: 0 });
  const wide = await trainWide(options, affinities(wideTraining), affinities(validation));
  report.note(`wide part: ${JSON.stringify(wide.evaluation)}`);

  const head = initialise(classifierParameters(config), config, createRng(seed));
  const epochs = settings.epochs ?? 2;
  const peak = settings.rate ?? 3e-4;
  const training = ctrSets(inSplit(sources, 'training'), encoder, { seed: seed + 1, steps: 1, negatives: 5, personalWeight: 0.05, gamesShare: 0.01, newsShare: 0.02, copyEach: 1, copyNegatives: 5, acrossImages: 0.5 });
  report.note(training.map((s) => `${s.name}: ${s.examples.length} examples`).join(', '));
  const result = await startTraining(
    {
      task: {
        kind: 'ranking',
        job: { shape: { body: config, wide: WIDE }, trained: 'deep', training, validation, batchTokens: 1024, dropout: 0.2, balance: { points: 0, pairs: 1 }, threads: settings.threads },
      },
      weights: new Map([...body, ...head, ...wide.weights]),
      settings: {
        seed, epochs, clip: 1, threads: settings.threads,
        schedule: { peak, warmup: 50, floor: 0.05 },
        evaluateEvery: 100, patience: Infinity, keep: 'last', averageFrom: 0.3, checkpointEvery: 600,
        checkpoints: path.join(options.checkpoints, 'joint'),
        fingerprint: fingerprintOf(['ctr', config, WIDE, epochs, seed, peak], exampleData(training)),
      },
    },
    { report: report.progress, signal: options.signal },
  );
  const model = { config, weights: result.weights, tokenizer, endOfText: start };
  await saveCtr(options.output, model);
  await addNearness(options, await addLinearPart(options, model, sources), sources);
  await fitCalibration(options.output, inSplit(sources, 'validation'), sources.people);
  return result;
}

/** What a fingerprint of training sets covers: tokens and what is to be learnt of them. */
function exampleData(sets: readonly RankSet[]): object[] {
  return sets.flatMap((set) => set.examples.map(({ prefix, texts, pairs }) => ({ prefix, ...texts, pairs })));
}

/** Fits the linear part on top of the saved ranker, and saves it with it. */
async function addLinearPart(options: TrainOptions, model: CtrModel, sources: CtrSources): Promise<CtrModel> {
  const validation = inSplit(sources, 'validation');
  const scorer = await openScorer(options.output, { threads: options.settings.threads });
  try {
    const deep = await scorer.scoreMany(headlineCases(validation.upworthy).map(({ text }) => ({ prefix: '', text })));
    const { coefficients, gain } = fitLinear(inSplit(sources, 'training').upworthy, validation.upworthy, deep.map((s) => s.logit), GRAM_ROWS);
    const titles = titleCases(validation.people.filter((p) => p.history.length > 0), sources.people, 5);
    const personal = await scorer.scoreMany(titles.map((c) => ({ prefix: c.profile, text: c.text })));
    const behindPrefix = gainBehindPrefix(coefficients, titles, personal.map((s) => s.logit));
    options.report.note(`linear part joins at gain ${gain}, ${behindPrefix} of it behind a profile`);
    const weights = new Map([...model.weights, ['grams.linear', { shape: [GRAM_ROWS, 1], data: coefficients }]]);
    const whole = { ...model, weights, grams: { rows: GRAM_ROWS, behindPrefix } };
    await saveCtr(options.output, whole);
    return whole;
  } finally {
    await scorer.close();
  }
}

/** Fits what shared words count on top of the saved ranker, and saves it with it. */
export async function addNearness(options: Pick<TrainOptions, 'output' | 'settings' | 'report'>, model: CtrModel, sources: CtrSources): Promise<void> {
  const validation = inSplit(sources, 'validation');
  const rarity = rarityOf(inSplit(sources, 'training'), model.grams!.rows);
  const scorer = await openScorer(options.output, { threads: options.settings.threads });
  try {
    const titles = titleCases(validation.people.filter((p) => p.history.length > 0), sources.people, 5);
    const logits = await scorer.scoreMany(titles.map((c) => ({ prefix: c.profile, text: c.text })));
    const nearness = gainOfNearness(rarity, titles, logits.map((s) => s.logit));
    options.report.note(`shared words join at ${nearness} log-odds`);
    const weights = new Map([...model.weights, ['grams.rarity', { shape: [rarity.length], data: rarity }]]);
    await saveCtr(options.output, { ...model, weights, grams: { ...model.grams!, nearness } });
  } finally {
    await scorer.close();
  }
}

async function trainWide(options: TrainOptions, training: RankSet[], validation: RankSet[]): Promise<LoopResult> {
  const { settings, seed } = options;
  // Equal tables make the inner product start as word overlap, which already tells what goes with what.
  const weights = initialise(wideParameters(WIDE), { vocabulary: 0, positions: 0, channels: 0, layers: 1, heads: 1, inner: 0, layerNormEpsilon: 0 }, createRng(seed));
  const table = weights.get('wide.text')!.data;
  for (let i = 0; i < table.length; i++) table[i]! *= 5;
  weights.get('wide.prefix')!.data.set(table);
  return startTraining(
    {
      task: {
        kind: 'ranking',
        job: { shape: { wide: WIDE }, trained: 'wide', training, validation, batchTokens: 48_000, dropout: 0, balance: { points: 0, pairs: 1 }, threads: settings.threads },
      },
      weights,
      settings: {
        seed, epochs: 3, clip: 10, threads: settings.threads, optimiser: { weightDecay: 0.1 },
        schedule: { peak: 4e-3, warmup: 20, floor: 0.05 },
        evaluateEvery: 100, patience: 4, averageFrom: 0.7, checkpointEvery: 400,
        checkpoints: path.join(options.checkpoints, 'wide'), fingerprint: fingerprintOf(['wide', WIDE, seed], exampleData(training)),
      },
    },
    { report: options.report.progress, signal: options.signal },
  );
}

export interface CtrModel {
  config: Gpt2Config;
  weights: Weights;
  grams?: GramConfig;
  tokenizer: Record<string, string>;
  endOfText: number;
}

export async function saveCtr(output: string, model: CtrModel): Promise<void> {
  const ranker: RankerSettings = { mark: TEXT_MARK, prefixLimit: PREFIX_TOKENS, textLimit: TEXT_TOKENS, wide: WIDE, grams: model.grams };
  await saveModel(output, { ...model, head: 'classifier', storage: 'F16', files: { 'ranker.json': `${JSON.stringify(ranker, null, 2)}\n` } });
  for (const part of ['wide', 'grams']) {
    const tensors = [...model.weights].filter(([name]) => name.startsWith(`${part}.`));
    if (tensors.length === 0) continue;
    await writeSafetensors(path.join(output, `${part}.safetensors`), new Map(tensors.map(([name, { shape, data }]) => [name, floatTensor(shape, data)])), { storage: 'F16' });
  }
}
