/** Tunes a ranker to logged choices by an adapter over it: what the learning loop runs, and `adloom train adapter`. */
import path from 'node:path';
import { inTurns } from '../../base/in-turns';
import { createRng } from '../../base/rng';
import { HEAD, newAdapter, type Adapter } from '../../ml/lora/adapter';
import { readAdapterDirectory, writeAdapterDirectory, type AdapterBase } from '../../ml/lora/adapter-directory';
import { baseHash } from '../../ml/lora/base-hash';
import { withOneLogit } from '../../ml/lora/head-labels';
import { loraSites, type LoraConfig } from '../../ml/lora/sites';
import { auc } from '../../ml/metrics/auc';
import { logLossOfLogits } from '../../ml/metrics/log-loss';
import type { AdaptableScorer } from '../../ml/serve/adapter-types';
import { openScorer } from '../../ml/serve/open-scorer';
import { readRankerDirectory, type LoadedRanker } from '../../ml/serve/ranker-directory';
import type { LoopReport, LoopResult } from '../../ml/train/loop';
import type { RankExample } from '../../ml/train/rank-data';
import { startTraining } from '../../ml/train/start-training';
import { learnsFrom, LORA_DEFAULTS, NO_LAYERS, type Learns } from './adapter-recipe';
import { choiceExamples, type Curves } from './choice-examples';
import { calibrationOf, curvesOf, fitCurves, fitRates, logOdds } from './choice-curves';
import { readChoices, requireBothOutcomes, splitChoices, type Choice } from './choices';
import { fingerprintOf } from './fingerprint';
import { keptJson } from './kept-json';
import { startElsewhere } from './start-elsewhere';
import type { TrainOptions } from './train-options';
import { learnWordsApart } from './words-thread';

export interface TrainAdapterOptions {
  /** Directory of the ranker; it stays as it is. */
  base: string;
  training: readonly Choice[];
  /**
   * Held-out choices: they stop the run, calibrate the adapter and judge it. Null for a log too small to hold any out: words alone
   * learn then, whose prior stands in for them, and the figures are those of the training choices.
   */
  validation: readonly Choice[] | null;
  /** Directory of an adapter over the same base to go on from, such as one of other verticals; the base alone when absent. */
  from?: string;
  /** Logs of other copy, such as the other verticals', each apart: where `from` names no start, words begin at what they say together. */
  elsewhere?: readonly (readonly Choice[])[];
  /** What learns; by the number of choices unless told (`adapter-recipe.ts`). A rank, a rate and epochs are for layers. */
  learns?: Learns;
  output: string;
  checkpoints: string;
  /** Begins anew over a checkpoint of other data or settings, where the directory is this run's alone; else that is refused. */
  replaceOther?: boolean;
  seed: number;
  lora?: Partial<LoraConfig>;
  epochs?: number;
  rate?: number;
  threads?: number;
  report: (report: LoopReport) => void;
  signal?: AbortSignal;
}

/** On the validation choices: before, of what it started from, and after, both under the curves of the training choices. */
export interface ChoiceFigures {
  logLoss: number;
  auc: number;
}

export interface AdapterRun {
  output: string;
  learns: Learns;
  result: LoopResult;
  before: ChoiceFigures;
  after: ChoiceFigures;
}

/** Choices that the curves are fitted on at most. */
const CURVE_CHOICES = 20_000;
const BATCH_TOKENS = 1024;

/**
 * Trains, calibrates and saves an adapter. Stopped or killed, it goes on from its last checkpoint when called again.
 * @throws BAD_INPUT for choices that teach nothing, ADAPTER_INVALID for settings, ADAPTER_MISMATCH for a start over another base, CANCELLED
 */
export async function trainAdapter(options: TrainAdapterOptions): Promise<AdapterRun> {
  const { training, output, seed, threads } = options;
  requireBothOutcomes(training, 'training');
  if (options.validation) requireBothOutcomes(options.validation, 'validation');
  const validation = options.validation ?? training;
  const ranker = await readRankerDirectory(options.base);
  const learns = options.learns ?? learnsFrom(options.validation ? training.length : 0);
  const config: LoraConfig = { ...(learns === 'words' ? NO_LAYERS : LORA_DEFAULTS), ...options.lora };
  const hash = baseHash(ranker.weights);
  const target: AdapterBase = { config: ranker.shape.body!, labels: ranker.labels, hash, gramRows: ranker.shape.grams?.rows };
  const scorer = await openScorer(options.base, { threads });
  try {
    const startsAt = options.from ?? (learns === 'words' ? await startElsewhere(options.elsewhere ?? [], {
      directory: path.join(options.checkpoints, 'start'), ranker, base: { hash, name: baseName(options.base) }, signal: options.signal,
      logits: (choices) => logitsOf(scorer, choices, { signal: options.signal }),
    }) : undefined);
    const start: Adapter =
      startsAt === undefined
        ? newAdapter(loraSites(config, ranker.shape.body!), createRng(seed + 2), config.head ? ranker.weights.get(HEAD) : undefined)
        : await startFrom(startsAt, target);
    const from = startsAt === undefined ? undefined : (await scorer.loadAdapter(startsAt)).id;
    const job: AdapterJobOf = { ranker, start, config, hash, logits: (choices, adapter = from) => logitsOf(scorer, choices, { adapter, signal: options.signal }) };
    const before = await job.logits(validation);
    const learn = async (): Promise<Learnt> => (learns === 'words' ? learnWordsOf(options, job, await withoutWords(options, job, scorer)) : learnLayers(options, job, validation));
    const save = async (adapter: Adapter, curves: Curves): Promise<string> => {
      const files = { 'calibration.json': json(calibrationOf(curves, ranker.calibration)) };
      await writeAdapterDirectory(output, adapter, { base: { hash, name: baseName(options.base), labels: ranker.labels }, dropout: config.dropout, files });
      return (await scorer.loadAdapter(output)).id;
    };
    const { adapter, result, curves } = await learn();
    const after = await job.logits(validation, await save(adapter, curves));
    await save(adapter, options.validation ? fitCurves(validation, after, curves) : curves);
    return { output, learns, result, before: figures(validation, before, curves), after: figures(validation, after, curves) };
  } finally {
    await scorer.close();
  }
}

/** As training knows it: with a head of one logit, however many labels the base has. */
async function startFrom(directory: string, base: AdapterBase): Promise<Adapter> {
  const start = await readAdapterDirectory(directory, base);
  return { ...start, weights: withOneLogit(start.weights) };
}

interface AdapterJobOf {
  ranker: LoadedRanker;
  start: Adapter;
  config: LoraConfig;
  hash: string;
  /** Raw log-odds by a loaded adapter; by the start where none is named. */
  logits: (choices: readonly Choice[], adapter?: string) => Promise<number[]>;
}

/** What training an adapter comes to. */
interface Learnt {
  adapter: Adapter;
  result: LoopResult;
  /** The curves under which it learnt. */
  curves: Curves;
}

/** Words on top of the start's, its layers left as they are. */
async function learnWordsOf({ training, signal }: TrainAdapterOptions, { ranker, start, logits }: AdapterJobOf, layers: string | undefined): Promise<Learnt> {
  const log = { choices: training, base: await logits(training, layers) };
  const { words, curves, loss, steps } = await learnWordsApart({ logs: [log], curves: curvesOf(ranker.calibration), start: start.words }, signal);
  return { adapter: { ...start, words }, result: { weights: start.weights, evaluation: { loss }, steps, bestStep: steps, stoppedEarly: false }, curves: curves[0]! };
}

/** The start as an adapter of its layers alone: what it says of a text is what words are learnt beside. */
async function withoutWords({ base, checkpoints }: TrainAdapterOptions, { ranker, start, hash, config }: AdapterJobOf, scorer: AdaptableScorer): Promise<string | undefined> {
  if (!start.words) return undefined;
  const directory = path.join(checkpoints, 'layers');
  await writeAdapterDirectory(directory, { sites: start.sites, weights: start.weights }, { base: { hash, name: baseName(base), labels: ranker.labels }, dropout: config.dropout });
  return (await scorer.loadAdapter(directory)).id;
}

async function learnLayers({ seed, threads, ...options }: TrainAdapterOptions, { ranker, start, config, hash, logits }: AdapterJobOf, validation: readonly Choice[]): Promise<Learnt> {
  const curves = await curvesFor({ seed, ...options }, hash, async () => {
    const some = createRng(seed).shuffle([...options.training]).slice(0, CURVE_CHOICES);
    return fitRates(some, await logits(some), curvesOf(ranker.calibration));
  });
  const examples = (choices: readonly Choice[]): Promise<RankExample[]> => choiceExamples(choices, ranker, curves, createRng(seed + 1));
  const [learnt, held] = [await examples(options.training), await examples(validation)];
  const epochs = options.epochs ?? 3;
  const peak = options.rate ?? 1e-3;
  const result = await startTraining(
    {
      task: {
        kind: 'adapter',
        job: {
          shape: ranker.shape, base: ranker.weights, sites: start.sites, head: start.weights.has(HEAD), training: [{ name: 'choices', examples: learnt, share: 1 }], validation: held,
          batchTokens: BATCH_TOKENS, dropout: { body: 0.1, adapter: config.dropout }, balance: { points: 1, pairs: 1 }, threads,
        },
      },
      weights: start.weights,
      settings: {
        seed, epochs, clip: 1, threads, optimiser: { weightDecay: 0.01 },
        schedule: { peak, warmup: 10, floor: 0.1 },
        evaluateEvery: 50, patience: 5, averageFrom: 0.5, checkpointEvery: 200,
        checkpoints: options.checkpoints, replaceOther: options.replaceOther,
        fingerprint: fingerprintOf(
          ['adapter', hash, config, epochs, peak, seed, curves, ...(options.from === undefined ? [] : [fingerprintOf('start', [Object.fromEntries([...start.weights].map(([name, { data }]) => [name, data]))])])],
          [...learnt, ...held].map(({ prefix, texts, points, pairs }) => ({ prefix, ...texts, points, pairs })),
        ),
      },
    },
    { report: options.report, signal: options.signal },
  );
  return { adapter: { ...start, weights: result.weights }, result, curves };
}

/** The recipe behind the command: choices from one file, split by person. */
export async function trainAdapterFromFile(options: TrainOptions): Promise<LoopResult> {
  const { report, settings } = options;
  const { training, validation } = splitChoices(await readChoices(options.data));
  const run = await trainAdapter({
    // Who asks for a rank, a rate or epochs asks for layers.
    learns: (settings.rank ?? settings.rate ?? settings.epochs) === undefined ? undefined : 'layers',
    ...settings, base: options.base, training, validation, output: options.output, checkpoints: options.checkpoints, seed: options.seed,
    lora: settings.rank === undefined ? {} : { rank: settings.rank, alpha: 2 * settings.rank }, report: report.progress, signal: options.signal,
  });
  report.note(`held-out choices: ${JSON.stringify({ before: run.before, after: run.after })}`);
  return run.result;
}

/** Curves are fitted once for a run: one that resumes must learn by the very same. */
async function curvesFor(options: TrainAdapterOptions, hash: string, fit: () => Promise<Curves>): Promise<Curves> {
  const file = path.join(options.checkpoints, 'curves.json');
  const fingerprint = fingerprintOf(['curves', hash, options.seed], [options.training]);
  const kept = await keptJson(file, { make: async () => ({ fingerprint, curves: await fit() }), valid: (each) => each?.fingerprint === fingerprint });
  return kept.curves;
}

/** What was shown often is scored once. */
async function logitsOf(scorer: AdaptableScorer, choices: readonly Choice[], { adapter, signal }: { adapter?: string; signal?: AbortSignal }): Promise<number[]> {
  const known = new Map<string, number>();
  const keyOf = ({ profile, text }: Choice): string => `${profile}\n${text}`;
  const logits: number[] = [];
  for await (const slice of inTurns(choices)) {
    const pairs = new Map(slice.map((choice) => [keyOf(choice), { prefix: choice.profile, text: choice.text, adapter }] as const).filter(([key]) => !known.has(key)));
    const scores = await scorer.scoreMany([...pairs.values()], { signal });
    [...pairs.keys()].forEach((key, i) => known.set(key, scores[i]!.logit));
    for (const choice of slice) logits.push(known.get(keyOf(choice))!);
  }
  return logits;
}

function figures(choices: readonly Choice[], logits: readonly number[], curves: Curves): ChoiceFigures {
  const z = logOdds(choices, logits, curves);
  const labels = choices.map(({ clicked }) => Number(clicked));
  return { logLoss: logLossOfLogits(z, labels), auc: auc(z, labels) };
}

function baseName(directory: string): string {
  return path.basename(path.resolve(directory));
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
