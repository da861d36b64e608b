import type { ArmPolicy } from '../../domain/entities/experiment';
import { greedyByModel, greedyByPosterior, thompson, uniform, upperBound, type Policy } from '../../ml/bandit/policy/policies';
import type { WeighedCandidate } from './weigh-candidates';

/** What a decision logs as its policy: that of an experiment's arm, or that of the holdout, which no model has a part in. */
export type PolicyName = ArmPolicy | 'HOLDOUT';

const POLICIES: Readonly<Record<PolicyName, Policy>> = {
  THOMPSON: thompson,
  UNIFORM: uniform,
  GREEDY: greedyByPosterior,
  MODEL_ONLY: greedyByModel,
  UCB: upperBound(1.645),
  HOLDOUT: uniform,
};

/** The policy over beliefs as they are. */
export function policyNamed(name: PolicyName): Policy {
  return POLICIES[name];
}

/** The probabilities that decide. Thompson sampling explores what can still be learned and put to use; the others take the belief as it is. */
export function chancesOf(name: PolicyName, candidates: readonly WeighedCandidate[]): Float64Array {
  return policyNamed(name)(name === 'THOMPSON' ? candidates.map(({ gain, logit, explored }) => ({ gain, logit, offset: explored })) : candidates);
}

/** Share of all choices that is made evenly, whatever the policy: what a later policy would choose has been tried before. */
const EXPLORED = 0.02;

/** Least probability of each of so many candidates. */
export function floorOf(candidates: number): number {
  return EXPLORED / candidates;
}
