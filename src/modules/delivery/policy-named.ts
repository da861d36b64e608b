import { greedyByModel, greedyByPosterior, thompson, uniform, upperBound, type Policy } from '../../ml/bandit/policy/policies';

export const POLICY_NAMES = ['THOMPSON', 'UNIFORM', 'GREEDY', 'MODEL_ONLY', 'UCB', 'HOLDOUT'] as const;
export type PolicyName = (typeof POLICY_NAMES)[number];

const POLICIES: Readonly<Record<PolicyName, Policy>> = {
  THOMPSON: thompson,
  UNIFORM: uniform,
  GREEDY: greedyByPosterior,
  MODEL_ONLY: greedyByModel,
  UCB: upperBound(1.645),
  HOLDOUT: uniform,
};

/** The policy that an experiment's arm names; the usual one where there is none of that name. */
export function policyOf(name: string): PolicyName {
  return (POLICY_NAMES as readonly string[]).includes(name) ? (name as PolicyName) : 'THOMPSON';
}

export function policyNamed(name: PolicyName): Policy {
  return POLICIES[name];
}

/** Share of all choices that is made evenly, whatever the policy: what a later policy would choose has been tried before. */
const EXPLORED = 0.02;

/** Least probability of each of so many candidates. */
export function floorOf(candidates: number): number {
  return EXPLORED / candidates;
}
