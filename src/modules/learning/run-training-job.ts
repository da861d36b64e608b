import { rm } from 'node:fs/promises';
import path from 'node:path';
import { AdloomError, isAdloomError, messageOf } from '../../base/errors';
import type { TrainingProgress, TrainingRun } from '../../domain/entities/training-run';
import type { TrainingEnd } from '../../store/training-runs';
import type { Dependencies } from '../dependencies';
import { CHECKPOINTS, RECIPES, type LearningTools } from './recipes';
import { trainingProgress } from './training-progress';

/** Least time between two writes of one phase's progress. */
const EVERY_MS = 1_000;

/**
 * Works one run off. A signal leaves it to be resumed: its checkpoints are on disk, and it reads the same log again, up to `logUntil`.
 * A run that was cancelled, here or in another process, stops at its next word of progress.
 */
export async function runTrainingJob(deps: Dependencies, input: { runId: string; signal: AbortSignal }): Promise<void> {
  const run = await begin(deps, input.runId);
  if (run === null) return;
  const recipe = RECIPES[run.kind];
  const cancelled = new AbortController();
  const signal = AbortSignal.any([input.signal, cancelled.signal]);
  try {
    const { report, modelVersionId, dataFingerprint } = await recipe.learn(deps, run, { signal, report: reporter(deps, run, cancelled) });
    if (cancelled.signal.aborted) return;
    await end(deps, run, report.passed ? 'SUCCEEDED' : 'REFUSED', { report, dataFingerprint, ...(modelVersionId ? { modelVersionId } : {}) });
  } catch (error) {
    if (signal.aborted) return;
    deps.logger.error('a training run failed', { run: run.id, error: messageOf(error) });
    const known = isAdloomError(error) && error.code !== 'INTERNAL';
    await end(deps, run, 'FAILED', { error: { code: known ? error.code : 'INTERNAL', message: known ? error.message : 'An unexpected error; the log has it.' } });
  }
}

/** The run, running now: from the queue, or again after a restart. Null when there is nothing to do. */
async function begin(deps: Dependencies, runId: string): Promise<TrainingRun | null> {
  const started = await deps.store.trainingRuns.start(deps.advertiserId, runId);
  if (started !== null) {
    await deps.bus.publish('trainingProgress', trainingProgress(started));
    return started;
  }
  const [run] = await deps.store.trainingRuns.byIds(deps.advertiserId, [runId]);
  return run?.status === 'RUNNING' ? run : null;
}

function reporter(deps: Dependencies, run: TrainingRun, cancelled: AbortController): LearningTools['report'] {
  let last: { phase: TrainingProgress['phase'] | null; validationLoss: number | null; at: number } = { phase: null, validationLoss: null, at: -Infinity };
  return async (progress, dataFingerprint) => {
    const now = deps.clock.elapsed();
    const news = progress.phase !== last.phase || progress.validationLoss !== last.validationLoss || dataFingerprint !== undefined || now - last.at >= EVERY_MS;
    if (!news) return;
    last = { phase: progress.phase, validationLoss: progress.validationLoss, at: now };
    const kept = await deps.store.transaction(async (tx) => {
      const row = await tx.trainingRuns.progress(deps.advertiserId, run.id, progress, dataFingerprint);
      if (row) await deps.bus.record(tx, 'trainingProgress', trainingProgress(row));
      return row;
    });
    if (kept) return deps.bus.wake('trainingProgress');
    cancelled.abort();
    throw new AdloomError('CANCELLED', 'The training run was cancelled.');
  };
}

async function end(deps: Dependencies, run: TrainingRun, status: 'SUCCEEDED' | 'REFUSED' | 'FAILED', result: TrainingEnd): Promise<void> {
  const ended = await deps.store.transaction(async (tx) => {
    const finished = await tx.trainingRuns.finish(deps.advertiserId, run.id, status, result);
    if (finished) await deps.bus.record(tx, 'trainingProgress', trainingProgress(finished));
    return finished;
  });
  if (ended) deps.bus.wake('trainingProgress');
  await rm(path.join(run.directory, CHECKPOINTS), { recursive: true, force: true });
}
