import { rm } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../base/errors';
import type { TrainingRun } from '../../domain/entities/training-run';
import type { Dependencies } from '../dependencies';

/** What a run needs to go on after a stop: a folder inside its directory that is of no use once it has ended. */
export function checkpointsOf({ directory }: Pick<TrainingRun, 'directory'>): string {
  return path.join(directory, 'checkpoints');
}

/** Never fails: who is still writing there drops them again when they stop. */
export async function dropCheckpoints({ logger }: Pick<Dependencies, 'logger'>, run: TrainingRun): Promise<void> {
  try {
    await rm(checkpointsOf(run), { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    logger.warn('checkpoints of a run that has ended could not be removed', { run: run.id, error: messageOf(error) });
  }
}
