import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import type { Dependencies } from '../dependencies';
import { worthOf } from '../predictions/expected-value';
import { SECOND_STAGE } from '../predictions/rank-creatives';
import { searchInTime } from '../retrieval/search-in-time';

export interface CandidatesInput {
  readonly campaigns: readonly Campaign[];
  readonly profile: Profile | null;
  /** False takes the newest: for choices that no model may have a part in. */
  readonly byModel: boolean;
  /** Of generated creatives only those that this writer wrote. */
  readonly writerVersionId?: string;
  /** Milliseconds left to decide; absent, the first stage is waited for. */
  readonly leftMs?: number;
  readonly signal?: AbortSignal;
}

/** What was counted of a whole campaign. */
export interface Seen {
  readonly clicks: number;
  readonly conversions: number;
}

export interface Candidates {
  readonly creatives: readonly Creative[];
  /** By campaign. */
  readonly seen: ReadonlyMap<string, Seen>;
}

/** Where a first stage chooses, the newest so many of one campaign are looked for first: a small one needs no search. */
const NEWEST_OF_EACH = SECOND_STAGE + 1;
/** A writer's creatives may be few among the newest. */
const SEARCHED_FOR_WRITER = 1_000;

/**
 * The approved creatives of several campaigns that the model is to read: all of them where they are few, else those that the first
 * stage finds likeliest to be worth the most, or, where there is none, or it has no time, the newest of each campaign.
 */
export async function candidatesOf(deps: Dependencies, input: CandidatesInput): Promise<Candidates> {
  const { campaigns, byModel, writerVersionId } = input;
  if (campaigns.length === 0) return { creatives: [], seen: new Map() };
  const searched = byModel && writerVersionId === undefined && deps.creativeIndex !== null;
  const several = searched && campaigns.length > 1 ? await foundByFirstStage(deps, input) : null;
  if (several) return several;
  const share = Math.max(1, Math.floor(SECOND_STAGE / campaigns.length));
  const one = searched && campaigns.length === 1;
  const first = writerVersionId === undefined ? (one ? NEWEST_OF_EACH : share) : SEARCHED_FOR_WRITER;
  const pages = await deps.store.creatives.pageByCampaignIds(deps.advertiserId, campaigns.map(({ id }) => id), { statuses: ['APPROVED'] }, { first });
  const newest = [...pages.values()].map((page) => page.edges.map(({ node }) => node));
  const best = one && newest.some((each) => each.length > SECOND_STAGE) ? await foundByFirstStage(deps, input) : null;
  if (best) return best;
  const creatives = newest.flatMap((each) =>
    each.filter(({ provenance }) => writerVersionId === undefined || provenance === null || provenance.modelVersionId === writerVersionId).slice(0, share));
  return { creatives, seen: new Map(campaigns.map(({ id }) => [id, seenOf(newest.flat().filter(({ campaignId }) => campaignId === id))])) };
}

/** Null where there is no time for it. */
async function foundByFirstStage(deps: Dependencies, { campaigns, profile, ...time }: CandidatesInput): Promise<Candidates | null> {
  const searches = [...byPrefix(campaigns, profile)].map(([prefix, members]) => ({ prefix, k: SECOND_STAGE, groups: members.map(({ id, objectives }) => ({ group: id, worth: worthOf(objectives) })) }));
  const replies = await searchInTime((signal) => Promise.all(searches.map((search) => deps.creativeIndex!.top(search, { signal }))), time);
  if (!replies) {
    deps.logger.info('decided among the newest: no time for the first stage', { campaigns: campaigns.length, leftMs: time.leftMs ?? null });
    return null;
  }
  const chosen = replies.flatMap(({ found }) => found).toSorted((a, b) => b.value - a.value).slice(0, SECOND_STAGE);
  const found = await deps.store.creatives.byIds(deps.advertiserId, chosen.map(({ key }) => key));
  const totals = replies.flatMap((reply) => [...reply.totals]);
  return {
    // Between the search and this reading somebody may have paused one.
    creatives: found.filter(({ status }) => status === 'APPROVED'),
    seen: new Map(totals.map(([id, { trials, successes }]) => [id, { clicks: trials, conversions: successes }])),
  };
}

/** Campaigns by what may be read of the person for them: a regulated vertical bars some of it. */
export function byPrefix(campaigns: readonly Campaign[], profile: Profile | null): Map<string, Campaign[]> {
  const groups = new Map<string, Campaign[]>();
  for (const campaign of campaigns) {
    const prefix = profile ? profileText(profile, { vertical: campaign.vertical }) : '';
    groups.set(prefix, [...(groups.get(prefix) ?? []), campaign]);
  }
  return groups;
}

function seenOf(creatives: readonly Creative[]): Seen {
  return creatives.reduce((sum, { counts }) => ({ clicks: sum.clicks + counts.clicks, conversions: sum.conversions + counts.conversions }), { clicks: 0, conversions: 0 });
}
