import type { ArmPolicy } from '../../domain/entities/experiment';
import { greedyByModel, greedyByPosterior, thompson, uniform, upperBound, type Policy } from '../../ml/bandit/policy/policies';

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

export function policyNamed(name: PolicyName): Policy {
  return POLICIES[name];
}

/** Share of all choices that is made evenly, whatever the policy: what a later policy would choose has been tried before. */
const EXPLORED = 0.02;

/** Least probability of each of so many candidates. */
export function floorOf(candidates: number): number {
  return EXPLORED / candidates;
}
