import type { Lease } from '../../store/lease';
import type { Dependencies } from '../dependencies';
import { newAttempt, type Attempt } from './attempt';

/** What the store says of one kind of such work. */
interface LeasedRows<Work> {
  take(advertiserId: string, id: string, lease: Lease): Promise<Work | null>;
  hold(advertiserId: string, id: string, lease: Lease): Promise<boolean>;
}

export interface LeasedWork {
  readonly id: string;
  /** Of who may stop it. */
  readonly signal: AbortSignal;
  readonly heartbeatMs?: number;
}

/**
 * Takes a piece of work up, from the queue or after a stop, and keeps its lease up while it is done. Nothing is done where another is at it or
 * it has ended.
 * @param work gets a signal that aborts when it is to stop and when the work was lost
 */
export async function whileLeased<Work>(
  deps: Dependencies,
  rows: LeasedRows<Work>,
  { id, signal, heartbeatMs }: LeasedWork,
  work: (taken: Work, attempt: Attempt, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const attempt = newAttempt(deps);
  const taken = await rows.take(deps.advertiserId, id, attempt.lease());
  if (taken === null) return;
  const stopHeartbeat = attempt.keepUp((lease) => rows.hold(deps.advertiserId, id, lease), heartbeatMs);
  try {
    await work(taken, attempt, AbortSignal.any([signal, attempt.lost]));
  } finally {
    stopHeartbeat();
  }
}
