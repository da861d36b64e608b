import { AdloomError, messageOf } from '../../base/errors';
import type { TrainingProgress, TrainingRun } from '../../domain/entities/training-run';
import type { TrainingEnd } from '../../store/training-runs';
import type { Dependencies } from '../dependencies';
import type { Attempt } from '../leases/attempt';
import { failureOf } from '../leases/failure-of';
import { whileLeased } from '../leases/while-leased';
import { dropCheckpoints } from './checkpoints';
import { RECIPES, type LearningTools } from './recipes';
import { trainingProgress } from './training-progress';

/** Least time between two writes of one phase's progress. */
const EVERY_MS = 1_000;

/**
 * Works one run off, unless somebody is at it: the attempt owns the run while its heartbeat is heard, here and in other processes. A signal
 * leaves it to be resumed: its checkpoints are on disk, and it reads the same log again, up to `logUntil`. A run that was cancelled, or
 * that another took up, stops at its next word of progress or its next heartbeat.
 */
export async function runTrainingJob(deps: Dependencies, { runId, ...input }: { runId: string; signal: AbortSignal; heartbeatMs?: number }): Promise<void> {
  await whileLeased(deps, deps.store.trainingRuns, { id: runId, ...input }, async (run, attempt, signal) => {
    await deps.bus.publish('trainingProgress', trainingProgress(run));
    const { owner, lost } = attempt;
    try {
      const { report, modelVersionId, dataFingerprint } = await RECIPES[run.kind].learn(deps, run, { signal, report: reporter(deps, run, attempt) });
      if (lost.aborted) return await dropIfEnded(deps, run);
      await end(deps, run, report.passed ? 'SUCCEEDED' : 'REFUSED', { owner, report, dataFingerprint, ...(modelVersionId ? { modelVersionId } : {}) });
    } catch (error) {
      if (lost.aborted) return await dropIfEnded(deps, run);
      if (input.signal.aborted) return await deps.store.trainingRuns.leave(deps.advertiserId, run.id, owner);
      deps.logger.error('a training run failed', { run: run.id, error: messageOf(error) });
      await end(deps, run, 'FAILED', { owner, error: failureOf(error) });
    }
  });
}

/** What it wrote after it was cancelled, before it heard of that. Where another took it up the checkpoints are that one's. */
async function dropIfEnded(deps: Dependencies, { id }: TrainingRun): Promise<void> {
  const [run] = await deps.store.trainingRuns.byIds(deps.advertiserId, [id]);
  if (run && run.status !== 'QUEUED' && run.status !== 'RUNNING') await dropCheckpoints(deps, run);
}

function reporter(deps: Dependencies, run: TrainingRun, { owner, lose }: Attempt): LearningTools['report'] {
  let last: { phase: TrainingProgress['phase'] | null; validationLoss: number | null; at: number } = { phase: null, validationLoss: null, at: -Infinity };
  return async (progress, dataFingerprint) => {
    const now = deps.clock.elapsed();
    const news = progress.phase !== last.phase || progress.validationLoss !== last.validationLoss || dataFingerprint !== undefined || now - last.at >= EVERY_MS;
    if (!news) return;
    last = { phase: progress.phase, validationLoss: progress.validationLoss, at: now };
    const kept = await deps.store.transaction(async (tx) => {
      const row = await tx.trainingRuns.progress(deps.advertiserId, run.id, owner, progress, dataFingerprint);
      if (row) await deps.bus.record(tx, 'trainingProgress', trainingProgress(row));
      return row;
    });
    if (kept) return deps.bus.wake('trainingProgress');
    lose();
    throw new AdloomError('CANCELLED', 'The training run was cancelled, or another process has it.');
  };
}

async function end(deps: Dependencies, run: TrainingRun, status: 'SUCCEEDED' | 'REFUSED' | 'FAILED', result: TrainingEnd): Promise<void> {
  const ended = await deps.store.transaction(async (tx) => {
    const finished = await tx.trainingRuns.finish(deps.advertiserId, run.id, status, result);
    if (finished) await deps.bus.record(tx, 'trainingProgress', trainingProgress(finished));
    return finished;
  });
  if (!ended) return dropIfEnded(deps, run);
  deps.bus.wake('trainingProgress');
  await dropCheckpoints(deps, ended);
}
