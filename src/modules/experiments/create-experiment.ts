import { AdloomError } from '../../base/errors';
import type { ArmPolicy, Experiment } from '../../domain/entities/experiment';
import type { Dependencies } from '../dependencies';
import { makeOnce } from '../input/make-once';
import { modelChanged } from '../models/model-changed';
import { checkExperiment } from './check-experiment';

export interface NewArm {
  readonly name: string;
  readonly weight?: number | null;
  readonly policy?: ArmPolicy | null;
  readonly classifierVersionId?: string | null;
  readonly writerVersionId?: string | null;
}

export interface CreateExperiment {
  readonly name: string;
  readonly placement?: string | null;
  readonly campaignIds?: readonly string[] | null;
  readonly arms: readonly NewArm[];
  readonly holdout?: number | null;
  readonly startsAt?: Date | null;
  readonly endsAt?: Date | null;
  readonly idempotencyKey?: string | null;
  readonly validateOnly?: boolean;
}

/** An experiment that runs from its start on; null when it was only to be checked. */
export async function createExperiment(deps: Dependencies, input: CreateExperiment): Promise<Experiment | null> {
  const { idempotencyKey, validateOnly, ...asked } = input;
  const prepare = async (): Promise<Experiment> => {
    const experiment = newExperiment(deps, asked);
    await checkExperiment(deps, experiment);
    return experiment;
  };
  const made = await makeOnce(deps, { operation: 'createExperiment', idempotencyKey, validateOnly, request: asked }, prepare, async (tx, experiment) => {
    const other = await tx.experiments.insertUnlessOverlapping(experiment);
    if (other) {
      throw new AdloomError('CONFLICT', `The experiment ${JSON.stringify(other.name)} already runs for this placement and campaign at this time.`, {
        field: other.placement !== null && experiment.placement === null ? 'placement' : 'campaignIds',
        hint: 'End it first, or choose another placement, other campaigns or a later start: a decision belongs to one experiment.',
      });
    }
    return experiment.id;
  });
  if (!made) return null;
  const [experiment] = await deps.store.experiments.byIds(deps.advertiserId, [made.id]);
  if (made.fresh) await readyClassifiers(deps, experiment!);
  return experiment ?? null;
}

/** What its arms score by is loaded here and, at the news, in other processes; what cannot be loaded is told as a problem of the version. */
async function readyClassifiers(deps: Dependencies, { arms }: Experiment): Promise<void> {
  const named = await deps.store.modelVersions.byIds(deps.advertiserId, arms.flatMap(({ classifierVersionId }) => classifierVersionId ?? []));
  if (named.length === 0) return;
  await deps.bus.publish('modelChanged', ...named.map(modelChanged));
  await deps.liveModels.refresh();
}

function newExperiment(deps: Dependencies, asked: Omit<CreateExperiment, 'idempotencyKey' | 'validateOnly'>): Experiment {
  const now = deps.clock.now();
  return {
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    name: asked.name,
    status: 'RUNNING',
    placement: asked.placement ?? null,
    campaignIds: [...new Set(asked.campaignIds)],
    arms: asked.arms.map(({ name, weight, policy, classifierVersionId, writerVersionId }) => ({
      name, weight: weight ?? 1, policy: policy ?? 'THOMPSON', classifierVersionId: classifierVersionId ?? null, writerVersionId: writerVersionId ?? null,
    })),
    holdout: asked.holdout ?? 0,
    startsAt: asked.startsAt ?? now,
    endsAt: asked.endsAt ?? null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}
