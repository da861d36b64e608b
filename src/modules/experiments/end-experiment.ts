import { notFound } from '../../base/errors';
import type { Experiment } from '../../domain/entities/experiment';
import type { Dependencies } from '../dependencies';
import { staleVersion } from '../input/stale-version';

export interface EndExperiment {
  readonly id: string;
  readonly expectedVersion: number;
  readonly validateOnly?: boolean;
}

/** Deals nobody into it from now on; its report stays, and outcomes of its decisions still count. */
export async function endExperiment(deps: Dependencies, input: EndExperiment): Promise<Experiment | null> {
  const [current] = await deps.store.experiments.byIds(deps.advertiserId, [input.id]);
  if (!current) throw notFound('experiment');
  // Ending what has ended is no change, and no error: a retry after a lost answer must not fail.
  if (current.status === 'ENDED') return current;
  if (current.version !== input.expectedVersion) throw staleVersion('experiment', input.expectedVersion, current.version);
  if (input.validateOnly) return null;
  const ended = await deps.store.experiments.end(deps.advertiserId, input.id, input.expectedVersion, deps.clock.now());
  if (!ended) throw staleVersion('experiment', input.expectedVersion);
  return ended;
}
