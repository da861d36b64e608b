/** Tunes a ranker to logged choices by an adapter over it: what the learning loop runs, and `adloom train adapter`. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createRng } from '../../base/rng';
import { newAdapter } from '../../ml/lora/adapter';
import { writeAdapterDirectory } from '../../ml/lora/adapter-directory';
import { baseHash } from '../../ml/lora/base-hash';
import { LORA_TARGETS, loraSites, type LoraConfig } from '../../ml/lora/sites';
import { auc } from '../../ml/metrics/auc';
import { logLossOfLogits } from '../../ml/metrics/log-loss';
import type { AdaptableScorer } from '../../ml/serve/adapter-types';
import { openScorer } from '../../ml/serve/open-scorer';
import { readRankerDirectory } from '../../ml/serve/ranker-directory';
import type { LoopReport, LoopResult } from '../../ml/train/loop';
import type { RankExample } from '../../ml/train/rank-data';
import { startTraining } from '../../ml/train/start-training';
import { choiceExamples, type Curves } from './choice-examples';
import { calibrationOf, curvesOf, fitCurves, logOdds } from './choice-curves';
import { readChoices, requireBothOutcomes, splitChoices, type Choice } from './choices';
import { fingerprintOf } from './fingerprint';
import type { TrainOptions } from './train-options';

export interface TrainAdapterOptions {
  /** Directory of the ranker; it stays as it is. */
  base: string;
  training: readonly Choice[];
  /** Held-out choices: they stop the run, calibrate the adapter and judge it. */
  validation: readonly Choice[];
  output: string;
  checkpoints: string;
  seed: number;
  lora?: Partial<LoraConfig>;
  epochs?: number;
  rate?: number;
  threads?: number;
  report: (report: LoopReport) => void;
  signal?: AbortSignal;
}

/** On the validation choices, both under the curves of the training choices: the adapter is all that differs. */
export interface ChoiceFigures {
  logLoss: number;
  auc: number;
}

export interface AdapterRun {
  output: string;
  result: LoopResult;
  before: ChoiceFigures;
  after: ChoiceFigures;
}

/** No masks of its own: those of the body are there already, and they cost a sixth of the step. */
export const LORA_DEFAULTS: LoraConfig = { rank: 8, alpha: 16, dropout: 0, targets: LORA_TARGETS, head: true };
/** Choices that the curves are fitted on at most. */
const CURVE_CHOICES = 20_000;

/**
 * Trains, calibrates and saves an adapter. Stopped or killed, it goes on from its last checkpoint when called again.
 * @throws BAD_INPUT for choices that teach nothing, ADAPTER_INVALID for settings, CANCELLED
 */
export async function trainAdapter(options: TrainAdapterOptions): Promise<AdapterRun> {
  const { training, validation, output, seed, threads } = options;
  requireBothOutcomes(training, 'training');
  requireBothOutcomes(validation, 'validation');
  const config: LoraConfig = { ...LORA_DEFAULTS, ...options.lora };
  const ranker = await readRankerDirectory(options.base);
  const sites = loraSites(config, ranker.shape.body!);
  const hash = baseHash(ranker.weights);
  const scorer = await openScorer(options.base, { threads });
  try {
    const curves = await curvesFor(options, hash, async () => {
      const some = createRng(seed).shuffle([...training]).slice(0, CURVE_CHOICES);
      return fitCurves(some, await logitsOf(scorer, some), curvesOf(ranker.calibration));
    });
    const examples = (choices: readonly Choice[]): RankExample[] => choiceExamples(choices, ranker, curves, createRng(seed + 1));
    const [learnt, held] = [examples(training), examples(validation)];
    const epochs = options.epochs ?? 3;
    const peak = options.rate ?? 1e-3;
    const { weights } = newAdapter(sites, createRng(seed + 2), config.head ? ranker.weights.get('score.weight') : undefined);
    const result = await startTraining(
      {
        task: {
          kind: 'adapter',
          job: {
            shape: ranker.shape, base: ranker.weights, sites, head: config.head, training: [{ name: 'choices', examples: learnt, share: 1 }], validation: held,
            batchTokens: 1024, dropout: { body: 0.1, adapter: config.dropout }, balance: { points: 1, pairs: 1 }, threads,
          },
        },
        weights,
        settings: {
          seed, epochs, clip: 1, threads, optimiser: { weightDecay: 0.01 },
          schedule: { peak, warmup: 10, floor: 0.1 },
          evaluateEvery: 50, patience: 5, averageFrom: 0.5, checkpointEvery: 200,
          checkpoints: options.checkpoints,
          fingerprint: fingerprintOf(['adapter', hash, config, epochs, peak, seed, curves], [...learnt, ...held].map(({ prefix, texts, points, pairs }) => ({ prefix, ...texts, points, pairs }))),
        },
      },
      { report: options.report, signal: options.signal },
    );
    const adapter = { sites, weights: result.weights };
    const save = (calibration: string): Promise<void> =>
      writeAdapterDirectory(output, adapter, { base: { hash, name: path.basename(path.resolve(options.base)) }, dropout: config.dropout, files: { 'calibration.json': calibration } });
    await save(json(calibrationOf(curves, ranker.calibration)));
    const { id } = await scorer.loadAdapter(output);
    const [base, adapted] = [await logitsOf(scorer, validation), await logitsOf(scorer, validation, id)];
    await save(json(calibrationOf(fitCurves(validation, adapted, curves), ranker.calibration)));
    return { output, result, before: figures(validation, base, curves), after: figures(validation, adapted, curves) };
  } finally {
    await scorer.close();
  }
}

/** The recipe behind the command: choices from one file, split by person. */
export async function trainAdapterFromFile(options: TrainOptions): Promise<LoopResult> {
  const { report, settings } = options;
  const { training, validation } = splitChoices(await readChoices(options.data));
  const run = await trainAdapter({
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
  if (existsSync(file)) {
    const kept = JSON.parse(await readFile(file, 'utf8')) as { fingerprint: string; curves: Curves };
    if (kept.fingerprint === fingerprint) return kept.curves;
  }
  const curves = await fit();
  await mkdir(options.checkpoints, { recursive: true });
  await writeFile(file, json({ fingerprint, curves }));
  return curves;
}

async function logitsOf(scorer: AdaptableScorer, choices: readonly Choice[], adapter?: string): Promise<number[]> {
  return (await scorer.scoreMany(choices.map(({ profile, text }) => ({ prefix: profile, text, adapter })))).map((score) => score.logit);
}

function figures(choices: readonly Choice[], logits: readonly number[], curves: Curves): ChoiceFigures {
  const z = logOdds(choices, logits, curves);
  const labels = choices.map(({ clicked }) => Number(clicked));
  return { logLoss: logLossOfLogits(z, labels), auc: auc(z, labels) };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
