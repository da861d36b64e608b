import { AdloomError } from '../../base/errors';
import type { Decision, PassedOver } from '../../domain/entities/decision';
import type { Profile } from '../../domain/entities/profile';
import type { ClaimRefusal, SpendClaim } from '../../store/spending';
import type { Dependencies } from '../dependencies';
import { once, recordedOnce } from '../input/once';
import { wholeMicros } from '../predictions/expected-value';
import type { Winner } from './choose-winners';
import type { Decide, Decided } from './decide';
import { keepShadows } from './keep-shadows';
import { capWindow, type Eligible } from './eligible-campaigns';

/** An impression may follow for so long; then what was held for it is free again. */
const HELD_MS = 3_600_000;
const OPERATION = 'decide';

export interface Claiming {
  readonly ask: Decide;
  readonly requestId: string;
  readonly winners: readonly Winner[];
  /** By campaign. */
  readonly bounds: ReadonlyMap<string, Eligible>;
  readonly profile: Profile | null;
  readonly passedOver: readonly PassedOver[];
  readonly now: Date;
}

export type ClaimedWinners = { readonly decided: Decided } | { readonly refused: ReadonlyMap<string, ClaimRefusal> };

class Refused extends Error {
  constructor(readonly campaigns: ReadonlyMap<string, ClaimRefusal>) {
    super('A claim was refused.');
  }
}

/**
 * Claims budget and cap for all winners and keeps the decisions, in one transaction with the caller's key: all or nothing. Where a campaign
 * refuses, nothing is kept and the transaction's locks are gone before anything is chosen anew.
 */
export async function claimWinners(deps: Dependencies, claiming: Claiming): Promise<ClaimedWinners> {
  const { ask, requestId, profile, now, passedOver } = claiming;
  const decisions = decisionsOf(deps, claiming);
  try {
    const { id, fresh } = await once(deps, OPERATION, ask.idempotencyKey, requestOf(ask), async (tx) => {
      // Before all else: who is erased meanwhile is not brought back by a decision.
      if (profile && (await tx.profiles.holdByIds(deps.advertiserId, [profile.id])).length === 0) throw erasedMeanwhile();
      const refused = await tx.spending.claim(deps.advertiserId, claimsOf(claiming), { profileId: profile?.id ?? null, now });
      if (refused.size > 0) throw new Refused(refused);
      await tx.decisions.append(decisions);
      return requestId;
    });
    if (fresh) void keepShadows(deps, decisions, claiming.winners);
    return { decided: fresh ? { decisions, passedOver, replayed: false } : await decidedIn(deps, id) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.campaigns };
    throw error;
  }
}

function erasedMeanwhile(): AdloomError {
  return new AdloomError('CONFLICT', 'The profile was erased meanwhile.', { field: 'profileId', hint: 'Ask again without a profile.' });
}

/** What an earlier call with the same key decided; null where there was none. @throws CONFLICT where it asked for something else */
export async function decidedBefore(deps: Dependencies, ask: Decide): Promise<Decided | null> {
  const requestId = await recordedOnce(deps, OPERATION, ask.idempotencyKey, requestOf(ask));
  return requestId === null ? null : decidedIn(deps, requestId);
}

async function decidedIn(deps: Dependencies, requestId: string): Promise<Decided> {
  const decisions = await deps.store.decisions.byRequestIds(deps.advertiserId, [requestId]);
  if (decisions.length === 0) throw new AdloomError('CONFLICT', 'What was decided with this idempotency key is gone.', { field: 'idempotencyKey', hint: 'Send a new key.' });
  return { decisions, passedOver: decisions[0]!.passedOver, replayed: true };
}

/** What makes two calls the same: not how long the caller would wait. */
function requestOf({ signal: _, deadlineMs: __, validateOnly: ___, ...request }: Decide): object {
  return request;
}

function claimsOf({ winners, bounds, profile, now }: Claiming): SpendClaim[] {
  const units = new Map<string, number>();
  for (const { chosen } of winners) units.set(chosen.campaign.id, (units.get(chosen.campaign.id) ?? 0) + 1);
  return [...units].flatMap(([campaignId, count]): SpendClaim[] => {
    const { campaign, costMicros, headroomMicros, allowanceMicros } = bounds.get(campaignId)!;
    const { frequencyCap } = campaign;
    const cap = frequencyCap && profile ? { impressions: frequencyCap.impressions, after: capWindow(frequencyCap.perHours, now) } : null;
    return [{ campaignId, units: count, costMicros: costMicros * BigInt(count), headroomMicros, allowanceMicros, cap }];
  });
}

function decisionsOf(deps: Dependencies, { requestId, winners, bounds, profile, passedOver, now }: Claiming): Decision[] {
  const measured = profile?.consent.measurement ?? false;
  return winners.map(({ placement, plan, slot, chosen, propensity, among }) => {
    const { costMicros } = bounds.get(chosen.campaign.id)!;
    return {
      id: deps.ids.next(),
      advertiserId: deps.advertiserId,
      requestId,
      campaignId: chosen.campaign.id,
      creativeId: chosen.creative.id,
      profileId: measured ? profile!.id : null,
      placement,
      slot,
      vertical: chosen.campaign.vertical,
      segments: measured ? profile!.segments : [],
      personalised: chosen.personalised,
      policy: plan.policy,
      propensity,
      pClick: chosen.pClick,
      modelVersionId: chosen.modelVersionId,
      device: chosen.device,
      shadowModelVersionId: null,
      experimentId: plan.experiment?.id ?? null,
      experimentArm: plan.experiment?.arm ?? null,
      candidates: among.map(({ candidate, propensity: probability }) => ({
        creativeId: candidate.creative.id,
        campaignId: candidate.campaign.id,
        pClick: candidate.pClick,
        offset: candidate.offset,
        toLearnFrom: candidate.toLearnFrom,
        expectedValueMicros: wholeMicros(candidate.expectedValueMicros),
        propensity: probability,
      })),
      passedOver,
      currency: chosen.campaign.currency,
      costMicros,
      reservedMicros: costMicros,
      chargedMicros: 0n,
      expiresAt: new Date(now.getTime() + HELD_MS),
      impressionAt: null,
      clickAt: null,
      createdAt: now,
    };
  });
}
