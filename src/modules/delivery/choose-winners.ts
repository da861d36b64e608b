import type { Rng } from '../../base/rng';
import { choose, withFloor } from '../../ml/bandit/policy/choose';
import { floorOf, policyNamed, type PolicyName } from './policy-named';
import type { WeighedCandidate } from './weigh-candidates';

export interface Placement {
  readonly name: string;
  /** 1 when absent. */
  readonly count?: number | null;
}

export interface Winner {
  readonly placement: string;
  readonly slot: number;
  readonly chosen: WeighedCandidate;
  readonly propensity: number;
  /** Everyone it was chosen among, with the probability of each. */
  readonly among: readonly { readonly candidate: WeighedCandidate; readonly propensity: number }[];
}

export interface ChooseInput {
  readonly candidates: readonly WeighedCandidate[];
  readonly placements: readonly Placement[];
  /** By campaign: how many winners it may have. */
  readonly room: ReadonlyMap<string, number>;
  readonly policy: PolicyName;
  readonly rng: Rng;
}

/**
 * Fills the placements in order, no creative twice. The policy decides anew for each slot among those left; a campaign without room is
 * left out from then on. Fewer candidates leave slots empty.
 */
export function chooseWinners({ candidates, placements, room, policy, rng }: ChooseInput): Winner[] {
  const decide = policyNamed(policy);
  const winners: Winner[] = [];
  const used = new Map<string, number>();
  let left = [...candidates];
  for (const { name, count } of placements) {
    for (let slot = 0; slot < (count ?? 1); slot++) {
      left = left.filter(({ campaign }) => (used.get(campaign.id) ?? 0) < room.get(campaign.id)!);
      if (left.length === 0) return winners;
      const probabilities = withFloor(decide(left), floorOf(left.length));
      const { index, propensity } = choose(probabilities, rng);
      const chosen = left[index]!;
      winners.push({ placement: name, slot, chosen, propensity, among: left.map((candidate, i) => ({ candidate, propensity: probabilities[i]! })) });
      used.set(chosen.campaign.id, (used.get(chosen.campaign.id) ?? 0) + 1);
      left = left.filter((each) => each !== chosen);
    }
  }
  return winners;
}
