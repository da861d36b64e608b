import type { ArmPolicy } from '../../domain/entities/experiment';
import { withFloor } from '../../ml/bandit/policy/choose';
import type { LearningCandidate } from '../../ml/bandit/policy/learnable';
import { greedyByModel, greedyByPosterior, thompsonWithAnEnd, uniform, upperBound } from '../../ml/bandit/policy/policies';

/** What a decision logs as its policy: that of an experiment's arm, or that of the holdout, which no model has a part in. */
export type PolicyName = ArmPolicy | 'HOLDOUT';

const POLICIES: Readonly<Record<PolicyName, (candidates: readonly LearningCandidate[]) => Float64Array>> = {
  THOMPSON: thompsonWithAnEnd,
  UNIFORM: uniform,
  GREEDY: greedyByPosterior,
  MODEL_ONLY: greedyByModel,
  UCB: upperBound(1.645),
  HOLDOUT: uniform,
};

/** The rule that decides, and that whoever judges a model's choices must go by: the policy, and the share that is chosen evenly. */
export function propensitiesOf(name: PolicyName, candidates: readonly LearningCandidate[]): Float64Array {
  return withFloor(POLICIES[name](candidates), floorOf(candidates.length));
}

/** Share of all choices that is made evenly, whatever the policy: what a later policy would choose has been tried before. */
const EXPLORED = 0.02;

/** Least probability of each of so many candidates. */
export function floorOf(candidates: number): number {
  return EXPLORED / candidates;
}
