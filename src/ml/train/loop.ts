/** The training loop: epochs of batches, a learning-rate schedule, validation, early stopping, averaging, checkpoints. */
import { AdloomError, badInput } from '../../base/errors';
import type { Clock } from '../../base/clock';
import { createRng, hash32 } from '../../base/rng';
import { learningRate, type Schedule } from '../optim/schedule';
import type { Weights } from '../gpt2/parameters';
import { loadBest, loadCheckpoint, saveBest, saveCheckpoint, type Progress } from './checkpoint';
import type { Evaluation, Task } from './task';
import { Trainer, type TrainerOptions } from './trainer';

export interface LoopSettings extends TrainerOptions {
  seed: number;
  epochs: number;
  /** Batches whose gradients are summed before an update; 1 unless told. */
  accumulate?: number;
  schedule: Omit<Schedule, 'total'>;
  /** Validation every so many steps, and at the end. */
  evaluateEvery: number;
  /** Validations without improvement before the run stops; where the last weights are kept it never stops early. */
  patience: number;
  /**
   * Which weights the run gives: those that validated best (the default), or the last: the running mean where averaging was on,
   * else those it ended with.
   */
  keep?: 'best' | 'last';
  /** Whether what the run starts from counts too: then a run that never validates better gives the start back. */
  keepStart?: boolean;
  /** Share of the run after which the running mean of the weights begins; 1 for none. */
  averageFrom: number;
  checkpointEvery: number;
  checkpoints: string;
  fingerprint: string;
  /** Where the checkpoint there is of other data or settings: begins anew in its place, as in a directory of one run alone, instead of refusing. */
  replaceOther?: boolean;
}

export interface LoopReport {
  kind: 'step' | 'evaluation';
  step: number;
  steps: number;
  epoch: number;
  loss: number;
  rate: number;
  tokensPerSecond: number;
  secondsLeft: number;
  evaluation?: Evaluation;
}

export interface LoopResult {
  /** The weights that `keep` asks for, and how they validated. */
  weights: Weights;
  evaluation: Evaluation;
  /** How the start validated, where it counts. */
  start?: Evaluation;
  steps: number;
  /** The step whose weights these are; 0 for the start's. */
  bestStep: number;
  stoppedEarly: boolean;
}

export async function runLoop(
  task: Task,
  weights: Weights,
  settings: LoopSettings,
  environment: { clock: Clock; report: (report: LoopReport) => void; signal?: AbortSignal },
): Promise<LoopResult> {
  const { seed, accumulate = 1 } = settings;
  const count = task.batches(createRng(seed)).length;
  if (count === 0) throw badInput('training', 'There is nothing to train on.', 'Give at least one text.');
  const perEpoch = Math.max(1, Math.floor(count / accumulate));
  const steps = Math.max(1, Math.round(perEpoch * settings.epochs));
  const schedule: Schedule = { ...settings.schedule, total: steps };
  // The runtime draws a node's masks from its seed plus the number of runs before: so a session can start in the middle of another.
  const program = (from: number, step = from): ReturnType<Task['program']> =>
    task.program((hash32(`dropout:${from}`, seed) & 0xffffff) + (step - from) * accumulate);
  const trainer = await Trainer.open(weights, program(0), settings);
  const resumed = await loadCheckpoint(settings.checkpoints, trainer, settings);
  const progress: Progress = resumed ?? { step: 0, averaged: 0, stale: 0, fingerprint: settings.fingerprint };
  progress.stale ??= 0;
  progress.session ??= progress.step;
  if (resumed) await trainer.restartSession(program(progress.session, progress.step));
  let best: Evaluation | undefined = resumed?.best?.evaluation;
  let [tokens, running, since] = [0, 0, environment.clock.elapsed()];
  const start = { step: progress.step, at: since };

  const evaluate = async (last: boolean, report: Omit<LoopReport, 'kind'>): Promise<void> => {
    // Only where the best is kept may the present weights still win over their mean.
    const both = last && settings.keep !== 'last' && trainer.averagedSteps > 0;
    const candidates = [trainer.averagedWeights(), ...(both ? [trainer.weights] : [])];
    for (const candidate of candidates) {
      const evaluation = await task.evaluate(candidate);
      environment.report({ kind: 'evaluation', ...report, evaluation });
      // With better weights behind it the run still gives those.
      if (Number.isNaN(evaluation.loss) && (!best || settings.keep === 'last')) {
        throw new AdloomError('MODEL_INVALID', `Training diverged: the validation loss at step ${progress.step} is no number.`, { hint: 'Lower the learning rate, or start from other weights.' });
      }
      if (!best || evaluation.loss < best.loss || settings.keep === 'last') {
        best = evaluation;
        await saveBest(settings.checkpoints, candidate);
        progress.best = { step: progress.step, evaluation };
        progress.stale = 0;
      } else progress.stale++;
    }
  };

  try {
    if (settings.keepStart && !progress.start) {
      await evaluate(false, { step: 0, steps, epoch: 0, loss: 0, rate: 0, tokensPerSecond: 0, secondsLeft: 0 });
      progress.start = best;
    }
    let stopped = progress.best !== undefined && progress.stale >= settings.patience;
    while (progress.step < steps && !stopped) {
      const epoch = Math.floor(progress.step / perEpoch);
      const batches = task.batches(createRng(hash32(`epoch:${epoch}`, seed)));
      for (let i = progress.step - epoch * perEpoch; i < perEpoch && progress.step < steps && !stopped; i++) {
        if (environment.signal?.aborted) {
          await saveCheckpoint(settings.checkpoints, trainer, { ...progress, averaged: trainer.averagedSteps });
          throw new AdloomError('CANCELLED', `Training was stopped at step ${progress.step} of ${steps}.`, { hint: 'Run the same command again to resume.' });
        }
        // Epochs differ by a batch or two in length; a short one begins again.
        const chosen = Array.from({ length: accumulate }, (_, k) => batches[(i * accumulate + k) % batches.length]!);
        const rate = learningRate(progress.step, schedule);
        const { loss } = await trainer.step(chosen.map((b) => scaled(b.feeds(), 1 / chosen.length)), rate);
        progress.step++;
        if (progress.step > settings.averageFrom * steps) trainer.accumulateAverage();
        running = running === 0 ? loss : 0.95 * running + 0.05 * loss;
        tokens += chosen.reduce((sum, b) => sum + b.tokens, 0);
        const now = environment.clock.elapsed();
        const report: Omit<LoopReport, 'kind'> = {
          step: progress.step, steps, epoch, loss: running, rate,
          tokensPerSecond: tokens / ((now - since) / 1000),
          secondsLeft: ((now - start.at) / 1000 / (progress.step - start.step)) * (steps - progress.step),
        };
        environment.report({ kind: 'step', ...report });
        const last = progress.step === steps;
        if (progress.step % settings.evaluateEvery === 0 || last) {
          await evaluate(last, report);
          stopped = progress.stale >= settings.patience;
          [tokens, since] = [0, environment.clock.elapsed()];
        }
        // The last one too: run again, a finished run gives its result at once.
        if (progress.step % settings.checkpointEvery === 0 || last) {
          progress.session = progress.step;
          await saveCheckpoint(settings.checkpoints, trainer, { ...progress, averaged: trainer.averagedSteps });
          if (!last) await trainer.restartSession(program(progress.step));
        }
      }
    }
    if (!best) await evaluate(true, { step: progress.step, steps, epoch: 0, loss: running, rate: 0, tokensPerSecond: 0, secondsLeft: 0 });
    return { weights: await loadBest(settings.checkpoints), evaluation: best!, start: progress.start, steps: progress.step, bestStep: progress.best!.step, stoppedEarly: stopped };
  } finally {
    await trainer.close();
    await task.close();
  }
}

/** Feeds whose loss weights are multiplied, so that accumulated batches sum to one mean. */
function scaled(feeds: ReturnType<ReturnType<Task['batches']>[number]['feeds']>, factor: number): typeof feeds {
  if (factor === 1) return feeds;
  return Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) =>
      LOSS_WEIGHTS.has(name)
        ? [name, { ...tensor, data: (tensor.data as Float32Array).map((w) => w * factor) }]
        : [name, tensor],
    ),
  );
}

const LOSS_WEIGHTS: ReadonlySet<string> = new Set(['weights', 'point_weights', 'pair_weights']);
