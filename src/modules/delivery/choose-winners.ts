import type { Rng } from '../../base/rng';
import { choose } from '../../ml/bandit/policy/choose';
import type { Plan } from './plan-placements';
import { propensitiesOf } from './policy-named';
import type { WeighedCandidate } from './weigh-candidates';

export interface Placement {
  readonly name: string;
  /** 1 when absent. */
  readonly count?: number | null;
}

/** A placement with those who stand for it. */
export interface Contest extends Placement {
  readonly plan: Plan;
  readonly candidates: readonly WeighedCandidate[];
}

export interface Winner {
  readonly placement: string;
  readonly plan: Plan;
  readonly slot: number;
  readonly chosen: WeighedCandidate;
  readonly propensity: number;
  /** Everyone it was chosen among, with the probability of each. */
  readonly among: readonly { readonly candidate: WeighedCandidate; readonly propensity: number }[];
}

export interface ChooseInput {
  readonly contests: readonly Contest[];
  /** By campaign: how many winners it may have; absent, none. */
  readonly room: ReadonlyMap<string, number>;
  readonly rng: Rng;
}

/**
 * Fills the placements in order, no creative twice. The policy decides anew for each slot among those left; a campaign without room is
 * left out from then on. Fewer candidates leave slots empty.
 */
export function chooseWinners({ contests, room, rng }: ChooseInput): Winner[] {
  const winners: Winner[] = [];
  const used = new Map<string, number>();
  const shown = new Set<string>();
  const open = ({ campaign, creative }: WeighedCandidate): boolean => !shown.has(creative.id) && (used.get(campaign.id) ?? 0) < (room.get(campaign.id) ?? 0);
  for (const { name, count, plan, candidates } of contests) {
    for (let slot = 0; slot < (count ?? 1); slot++) {
      const left = candidates.filter(open);
      if (left.length === 0) break;
      const probabilities = propensitiesOf(plan.policy, left);
      const { index, propensity } = choose(probabilities, rng);
      const chosen = left[index]!;
      winners.push({ placement: name, plan, slot, chosen, propensity, among: left.map((candidate, i) => ({ candidate, propensity: probabilities[i]! })) });
      used.set(chosen.campaign.id, (used.get(chosen.campaign.id) ?? 0) + 1);
      shown.add(chosen.creative.id);
    }
  }
  return winners;
}
