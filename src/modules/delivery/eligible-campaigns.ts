import { badInput } from '../../base/errors';
import type { Campaign, Vertical } from '../../domain/entities/campaign';
import type { PassedOver, PassOverReason } from '../../domain/entities/decision';
import type { Profile } from '../../domain/entities/profile';
import { matchesAudience } from '../../domain/rules/audience';
import type { TrafficCurve } from '../../ml/bandit/pacing/traffic-curve';
import type { Standing } from '../../store/spending';
import type { Dependencies } from '../dependencies';
import { Checker } from '../input/problems';
import { NO_CONSENT } from '../profiles/upsert-profile';
import { allowanceOf } from './allowance';

/** Campaigns that one decision looks at. Where more run, each decision looks at others: none is out of reach. */
const MOST_CAMPAIGNS = 500;

export interface EligibleInput {
  readonly profile: Profile | null;
  readonly campaignIds?: readonly string[];
  readonly verticals?: readonly Vertical[];
  readonly currency?: string;
  /** Decides which campaigns are looked at where more run than one decision can look at: the request's key. */
  readonly draw: string;
  readonly now: Date;
}

export interface Eligible {
  readonly campaign: Campaign;
  /** Of one impression, and what beside it must be left for a click that may follow. */
  readonly costMicros: bigint;
  readonly headroomMicros: bigint;
  readonly allowanceMicros: bigint | null;
  /** Impressions that its total budget still pays for. */
  readonly affordable: number;
  /** How many winners it may have by what is known now; the database has the last word. */
  readonly room: number;
}

export interface EligibleCampaigns {
  readonly eligible: readonly Eligible[];
  readonly passedOver: readonly PassedOver[];
}

/** Which campaigns may be shown to this person now, and why the others may not. Counts the request as traffic of those that are for them. */
export async function eligibleCampaigns(deps: Dependencies, input: EligibleInput): Promise<EligibleCampaigns> {
  const { now, profile } = input;
  const passedOver: PassedOver[] = [];
  const open: Campaign[] = [];
  for (const campaign of await campaignsOf(deps, input)) {
    const reason = closedFor(campaign, input);
    if (reason === null) open.push(campaign);
    else passedOver.push({ campaignId: campaign.id, reason });
  }
  refuseMixedCurrencies(open);
  deps.traffic.count(open.map(({ id }) => id), now);

  const ids = open.map(({ id }) => id);
  const [standings, curves] = await Promise.all([
    deps.store.spending.standings(deps.advertiserId, ids, { profileId: profile?.id ?? null, now }),
    deps.traffic.curves(open.filter(({ pacing }) => pacing === 'EVEN').map(({ id }) => id), now),
  ]);
  const eligible: Eligible[] = [];
  const exhausted = open.filter((campaign) => {
    const standing = standings.get(campaign.id)!;
    return standing.heldMicros > 0n && judge(campaign, standing, curves.get(campaign.id), input).reason === 'BUDGET_SPENT';
  }).map(({ id }) => id);
  if (exhausted.length > 0 && (await deps.store.spending.releaseExpired(deps.advertiserId, now, exhausted)) > 0) {
    const again = await deps.store.spending.standings(deps.advertiserId, exhausted, { profileId: profile?.id ?? null, now });
    for (const [id, standing] of again) standings.set(id, standing);
  }
  for (const campaign of open) {
    const { reason, ...judged } = judge(campaign, standings.get(campaign.id)!, curves.get(campaign.id), input);
    if (reason === null) eligible.push({ campaign, ...judged });
    else passedOver.push({ campaignId: campaign.id, reason });
  }
  return { eligible, passedOver };
}

async function campaignsOf(deps: Dependencies, { campaignIds, verticals, currency, draw, now }: EligibleInput): Promise<Campaign[]> {
  if (campaignIds === undefined) return deps.store.campaigns.drawn(deps.advertiserId, { statuses: ['ACTIVE'], inFlightAt: now, verticals, currency }, MOST_CAMPAIGNS, draw);
  const found = new Map((await deps.store.campaigns.byIds(deps.advertiserId, campaignIds)).map((campaign) => [campaign.id, campaign]));
  const check = new Checker();
  campaignIds.forEach((id, index) => {
    if (!found.has(id)) check.add(`campaigns.${index}`, 'There is no campaign with this id.', 'Check the id.', 'NOT_FOUND');
  });
  check.orThrow();
  return [...found.values()].filter(({ vertical }) => verticals === undefined || verticals.includes(vertical));
}

const NOBODY: Pick<Profile, 'consent' | 'interests' | 'segments' | 'attributes'> = { consent: NO_CONSENT, interests: [], segments: [], attributes: {} };

function closedFor(campaign: Campaign, { profile, currency, now }: EligibleInput): PassOverReason | null {
  const { flight, status, audience, vertical } = campaign;
  if (status !== 'ACTIVE') return 'NOT_ACTIVE';
  if (flight.startsAt > now || (flight.endsAt !== null && flight.endsAt <= now)) return 'NOT_IN_FLIGHT';
  if (!matchesAudience(audience, profile ?? NOBODY, vertical)) return 'AUDIENCE';
  return currency !== undefined && currency !== campaign.currency ? 'OTHER_CURRENCY' : null;
}

/** Values in two currencies cannot be compared. */
function refuseMixedCurrencies(campaigns: readonly Campaign[]): void {
  const currencies = [...new Set(campaigns.map(({ currency }) => currency))].toSorted();
  if (currencies.length < 2) return;
  throw badInput('currency', `The campaigns that fit are in several currencies, whose values cannot be compared: ${currencies.join(', ')}.`, `Send currency: ${currencies.join(' or ')}.`);
}

function judge(campaign: Campaign, standing: Standing, curve: TrafficCurve | undefined, { now }: EligibleInput): Omit<Eligible, 'campaign'> & { reason: PassOverReason | null } {
  const costMicros = costOf(campaign);
  const headroomMicros = campaign.costPerClickMicros;
  const free = costMicros + headroomMicros === 0n;
  const allowanceMicros = free ? null : allowanceOf(campaign, standing, curve, now);
  const roomIn = (limit: bigint | null, used: bigint): number => {
    if (free || limit === null) return Infinity;
    const left = limit - used - headroomMicros;
    if (costMicros === 0n) return left >= 0n ? Infinity : 0;
    return Math.max(0, Number(left / costMicros));
  };
  const affordable = roomIn(campaign.budget.totalMicros, standing.usedMicros);
  const rooms = {
    CAPPED: campaign.frequencyCap === null ? Infinity : campaign.frequencyCap.impressions - standing.shown,
    BUDGET_SPENT: Math.min(affordable, roomIn(campaign.budget.dailyMicros, standing.usedTodayMicros)),
    PACED: roomIn(allowanceMicros, standing.usedTodayMicros),
  };
  const reason = (['CAPPED', 'BUDGET_SPENT', 'PACED'] as const).find((name) => rooms[name] < 1) ?? null;
  return { costMicros, headroomMicros, allowanceMicros, affordable, room: Math.min(...Object.values(rooms)), reason };
}

/** Decisions after this moment count against the cap. */
export function capWindow(perHours: number, now: Date): Date {
  return new Date(now.getTime() - perHours * 3_600_000);
}

/** What one impression is charged: to the next whole micro. */
export function costOf({ costPerThousandMicros }: Pick<Campaign, 'costPerThousandMicros'>): bigint {
  return (costPerThousandMicros + 999n) / 1_000n;
}
