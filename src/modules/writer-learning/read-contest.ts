import type { Creative } from '../../domain/entities/creative';
import type { Lexicon } from '../../domain/guard/lexicon';
import type { Dependencies } from '../dependencies';
import { copyTemplates } from './copy-templates';
import { chooseWinners, type Contest } from './winners';

/** Creatives beyond these many, the least shown, add no winner: what little they were shown leaves all to luck. */
const MOST_CREATIVES = 20_000;
const CHUNK = 1_000;

/**
 * The advertiser's own log as winners and other lines. Counts are sums over people; copy that was written for one person is read only
 * while that person agrees to training.
 */
export async function readContest(deps: Pick<Dependencies, 'store' | 'advertiserId'>, lexicon: Lexicon | null): Promise<Contest> {
  const { store, advertiserId } = deps;
  const evidence = new Map((await store.creativeEvidence.mostShown(advertiserId, MOST_CREATIVES)).map((sum) => [sum.creativeId, sum]));
  const creatives = await inChunks([...evidence.keys()], (ids) => store.creatives.byIds(advertiserId, ids));
  const campaigns = new Map((await inChunks(idsOf(creatives, ({ campaignId }) => campaignId), (ids) => store.campaigns.byIds(advertiserId, ids))).map((campaign) => [campaign.id, campaign]));
  const people = await inChunks(idsOf(creatives, ({ provenance }) => provenance?.profileId ?? null), (ids) => store.profiles.byIds(advertiserId, ids));
  const agreed = new Set(people.filter(({ consent }) => consent.training).map(({ id }) => id));
  const ofOne = ({ provenance }: Creative): string | null => provenance?.profileId ?? null;
  return chooseWinners(
    creatives
      .filter((creative) => ofOne(creative) === null || agreed.has(ofOne(creative)!))
      .map((creative) => ({
        creativeId: creative.id,
        campaignId: creative.campaignId,
        templates: copyTemplates(creative, campaigns.get(creative.campaignId)!, lexicon),
        evidence: evidence.get(creative.id)!,
      })),
  );
}

function idsOf(creatives: readonly Creative[], id: (creative: Creative) => string | null): string[] {
  return [...new Set(creatives.map(id).filter((each) => each !== null))];
}

async function inChunks<T>(ids: readonly string[], read: (ids: readonly string[]) => Promise<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for (let from = 0; from < ids.length; from += CHUNK) found.push(...(await read(ids.slice(from, from + CHUNK))));
  return found;
}
