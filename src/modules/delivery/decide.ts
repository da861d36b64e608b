import { createRng, hash32 } from '../../base/rng';
import type { Vertical } from '../../domain/entities/campaign';
import type { Decision, PassedOver } from '../../domain/entities/decision';
import type { Profile } from '../../domain/entities/profile';
import type { Dependencies } from '../dependencies';
import type { Reference } from '../input/reference';
import { profileOf } from '../profiles/read-profiles';
import { candidatesOf } from './candidates';
import { checkDecide } from './check-decide';
import { chooseWinners, type Contest, type Placement } from './choose-winners';
import { claimWinners, decidedBefore } from './claim-winners';
import { eligibleCampaigns, type Eligible } from './eligible-campaigns';
import { planPlacements, unitOf, type Plan } from './plan-placements';
import { scoreCandidates } from './score-candidates';
import { weighCandidates, type WeighedCandidate } from './weigh-candidates';

export interface Decide {
  /** Null: for nobody in particular. */
  readonly profile: Reference | null;
  readonly placements: readonly Placement[];
  /** Only among these; absent, all that are active. */
  readonly campaignIds?: readonly string[];
  readonly verticals?: readonly Vertical[];
  /** Needed where the campaigns that fit are in several. */
  readonly currency?: string;
  readonly idempotencyKey: string;
  /** What an experiment knows nobody in particular by. */
  readonly experimentKey?: string | null;
  /** The answer is wanted within so many milliseconds, if need be without the model. */
  readonly deadlineMs?: number;
  readonly validateOnly?: boolean;
  readonly signal?: AbortSignal;
}

export interface Decided {
  /** In the order of placements and slots; fewer than asked for where candidates ran out. */
  readonly decisions: readonly Decision[];
  /** Campaigns that had no candidate, with the reason. */
  readonly passedOver: readonly PassedOver[];
  /** Whether an earlier call with this key had made the decisions. */
  readonly replayed: boolean;
}

/**
 * Chooses what this person is shown: the campaigns that may be, their best creatives, what the model and people's outcomes say of them,
 * a policy's choice with its probability, and the claim on budget and cap, kept in one transaction with the decisions. A repeat of the
 * key answers what the first call decided; one that decided nothing was charged nothing and is decided anew.
 */
export async function decide(deps: Dependencies, input: Decide): Promise<Decided> {
  const started = deps.clock.elapsed();
  checkDecide(input);
  const now = deps.clock.now();
  const [profile, before, experiments] = await Promise.all([
    input.profile === null ? null : profileOf(deps, input.profile),
    decidedBefore(deps, input),
    deps.store.experiments.runningExperiments(deps.advertiserId, now),
  ]);
  if (before) return before;
  const { campaignIds, verticals, currency, signal } = input;
  const { eligible, passedOver } = await eligibleCampaigns(deps, { profile, campaignIds, verticals, currency, draw: input.idempotencyKey, now });
  if (input.validateOnly) return { decisions: [], passedOver, replayed: false };

  const leftMs = (): number | undefined => (input.deadlineMs === undefined ? undefined : input.deadlineMs - (deps.clock.elapsed() - started));
  const plans = planPlacements({ placements: input.placements, experiments, campaignIds: eligible.map(({ campaign }) => campaign.id), unit: unitOf(profile, input.experimentKey) });
  const weighed = new Map(await Promise.all([...new Set(plans)].map(async (plan) => [plan, await standFor(deps, { plan, eligible, profile, leftMs, signal })] as const)));
  const contests = input.placements.map((placement, index): Contest => ({ ...placement, plan: plans[index]!, candidates: weighed.get(plans[index]!)! }));
  return chooseAndClaim(deps, { ask: input, profile, eligible, contests, passedOver, now });
}

interface Standing {
  readonly plan: Plan;
  readonly eligible: readonly Eligible[];
  readonly profile: Profile | null;
  readonly leftMs: () => number | undefined;
  readonly signal?: AbortSignal;
}

/** Those who stand for the placements of one plan. */
async function standFor(deps: Dependencies, { plan, eligible, profile, leftMs, signal }: Standing): Promise<WeighedCandidate[]> {
  const { policy, classifierVersionId, writerVersionId } = plan;
  const campaigns = eligible.map(({ campaign }) => campaign);
  const byModel = policy !== 'HOLDOUT';
  const { creatives, seen } = await candidatesOf(deps, { campaigns, profile, byModel, writerVersionId, leftMs: leftMs(), signal });
  if (creatives.length === 0) return [];
  const byId = new Map(campaigns.map((campaign) => [campaign.id, campaign]));
  const scored = await scoreCandidates(deps, { creatives, campaigns: byId, profile, byModel, classifierVersionId, leftMs: leftMs(), signal });
  const affordable = new Map(eligible.map(({ campaign, affordable: impressions }) => [campaign.id, impressions]));
  return weighCandidates(deps, { scored, seen, affordable });
}

interface Choosing {
  readonly ask: Decide;
  readonly profile: Profile | null;
  readonly eligible: readonly Eligible[];
  readonly contests: readonly Contest[];
  readonly passedOver: readonly PassedOver[];
  readonly now: Date;
}

/**
 * Chooses, then lets the database decide whether budget and cap allow it. Where somebody was faster, the campaigns that refused drop out
 * and all is chosen anew among the rest, so that every probability is right for what it was chosen among.
 */
async function chooseAndClaim(deps: Dependencies, { ask, profile, eligible, contests, now, ...given }: Choosing): Promise<Decided> {
  const requestId = deps.ids.next();
  const rng = createRng(hash32(requestId));
  const bounds = new Map(eligible.map((each) => [each.campaign.id, each]));
  const room = new Map(eligible.map((each) => [each.campaign.id, each.room]));
  const standing = new Set(contests.flatMap(({ candidates }) => candidates.map(({ campaign }) => campaign.id)));
  const passedOver = [...given.passedOver, ...[...room.keys()].filter((id) => !standing.has(id)).map((campaignId): PassedOver => ({ campaignId, reason: 'NO_CREATIVE' }))];
  const released = new Set<string>();
  for (;;) {
    const winners = chooseWinners({ contests, room, rng });
    if (winners.length === 0) return { decisions: [], passedOver, replayed: false };
    const claimed = await claimWinners(deps, { ask, requestId, winners, bounds, profile, passedOver: [...passedOver], now });
    if ('decided' in claimed) return claimed.decided;
    const freed = await releaseFor(deps, claimed.refused, released, now);
    for (const [campaignId, reason] of claimed.refused) {
      if (freed.has(campaignId)) continue;
      passedOver.push({ campaignId, reason });
      room.delete(campaignId);
    }
  }
}

/** Campaigns whose budget was held by decisions that have expired: they get a second chance, once. */
async function releaseFor(deps: Dependencies, refused: ReadonlyMap<string, string>, released: Set<string>, now: Date): Promise<ReadonlySet<string>> {
  const short = [...refused].filter(([id, reason]) => (reason === 'BUDGET_SPENT' || reason === 'PACED') && !released.has(id)).map(([id]) => id);
  if (short.length === 0) return new Set();
  for (const id of short) released.add(id);
  return (await deps.store.spending.releaseExpired(deps.advertiserId, now, short)) > 0 ? new Set(short) : new Set();
}
