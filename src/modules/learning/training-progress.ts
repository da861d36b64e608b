import type { TrainingRun } from '../../domain/entities/training-run';
import type { Message } from '../bus';

/** What `trainingProgress` tells: numbers and ids alone. Record it in the transaction of the change. */
export function trainingProgress({ id, status, progress }: TrainingRun): Message {
  return { key: id, payload: { runId: id, status, progress: { ...progress } } };
}
