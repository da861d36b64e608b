import { HOLDOUT_ARM, type Experiment, type ExperimentArm } from '../../domain/entities/experiment';
import type { Profile } from '../../domain/entities/profile';
import { assign } from '../../ml/bandit/experiment/assign';
import type { Placement } from './choose-winners';
import type { PolicyName } from './policy-named';

/** How one placement is filled. */
export interface Plan {
  readonly policy: PolicyName;
  /** In place of the classifier that serves. */
  readonly classifierVersionId?: string;
  /** Only this writer's copy, beside copy by people. */
  readonly writerVersionId?: string;
  readonly experiment: { readonly id: string; readonly arm: string } | null;
}

const USUAL: Plan = { policy: 'THOMPSON', experiment: null };

export interface Planning {
  readonly placements: readonly Placement[];
  readonly experiments: readonly Experiment[];
  /** Campaigns that may be shown. */
  readonly campaignIds: readonly string[];
  /** Whom arms are dealt to; null is in no experiment. */
  readonly unit: string | null;
}

/**
 * The plan of each placement, in order; equal ones are the same object. An experiment has its say where it speaks of the placement and of
 * every campaign that may be shown: an arm that decided over campaigns outside of it would not be compared like with like.
 */
export function planPlacements({ placements, experiments, campaignIds, unit }: Planning): Plan[] {
  const plans = new Map<string, Plan>();
  return placements.map(({ name }) => {
    const experiment = experiments.find((each) => (each.placement ?? name) === name && (each.campaignIds.length === 0 || campaignIds.every((id) => each.campaignIds.includes(id))));
    if (!experiment || unit === null) return USUAL;
    const known = plans.get(experiment.id);
    if (known) return known;
    const plan = planOf(experiment, unit);
    plans.set(experiment.id, plan);
    return plan;
  });
}

function planOf({ id, arms, holdout }: Experiment, unit: string): Plan {
  const name = assign({ salt: id, arms, holdoutShare: holdout }, unit);
  if (name === null) return { policy: 'HOLDOUT', experiment: { id, arm: HOLDOUT_ARM } };
  const arm: ExperimentArm = arms.find((each) => each.name === name)!;
  return {
    policy: arm.policy,
    experiment: { id, arm: name },
    ...(arm.classifierVersionId === null ? {} : { classifierVersionId: arm.classifierVersionId }),
    ...(arm.writerVersionId === null ? {} : { writerVersionId: arm.writerVersionId }),
  };
}

/** A person who has not agreed to measurement is in no experiment; nobody in particular is known by what the caller knows them by. */
export function unitOf(profile: Profile | null, experimentKey: string | null | undefined): string | null {
  if (profile === null) return experimentKey ?? null;
  return profile.consent.measurement ? profile.id : null;
}
