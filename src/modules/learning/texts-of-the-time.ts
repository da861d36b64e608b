/** What was there when a decision was made: neither the copy nor the person's history is kept with it. */
import type { Vertical } from '../../domain/entities/campaign';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import { addToRecentItems } from '../../domain/profile/recent-items';
import type { Moment } from '../../store/events';
import type { Dependencies } from '../dependencies';
import { creativeText } from '../predictions/score-creatives';

/** Events that are read for one moment: more than a profile text has items, since searches, dislikes and repeats are none. */
const EVENTS = 40;
const AT_ONCE = 500;

/**
 * The profile text of each moment: from events that had happened, and had been told of, before it, so that nothing of the future leaks
 * in; under the consent of today. The profile's present text would hold what came after, clicks on this very ad included.
 */
export async function profileTextsAt(
  deps: Dependencies,
  moments: readonly (Moment & { readonly profile: Pick<Profile, 'consent'> })[],
  vertical: Vertical,
): Promise<string[]> {
  const texts: string[] = [];
  for (let from = 0; from < moments.length; from += AT_ONCE) {
    const some = moments.slice(from, from + AT_ONCE);
    const known = await deps.store.events.knownAt(deps.advertiserId, some, EVENTS);
    some.forEach(({ profile }, i) => texts.push(profileText({ consent: profile.consent, recentItems: addToRecentItems([], known[i]!) }, { vertical })));
  }
  return texts;
}

/** A creative's copy at any moment: as it is now, but for rewritings since, whose audit entries keep what stood before. */
export async function creativeTextsAt(deps: Dependencies, creativeIds: readonly string[]): Promise<(creativeId: string, at: Date) => string | null> {
  const now = new Map<string, string>();
  const before = new Map<string, { until: Date; text: string }[]>();
  for (let from = 0; from < creativeIds.length; from += AT_ONCE) {
    const ids = creativeIds.slice(from, from + AT_ONCE);
    for (const creative of await deps.store.creatives.byIds(deps.advertiserId, ids)) now.set(creative.id, creativeText(creative));
    for (let after: string | null = null; ; ) {
      const page = await deps.store.audit.page(deps.advertiserId, { entityType: 'Creative', entityIds: ids }, { first: AT_ONCE, after, sort: { field: 'CREATED_AT', direction: 'ASC' } });
      for (const { node } of page.edges) {
        const { before: copy } = node.details as { before?: { headline: string; body: string | null } };
        if (copy) before.set(node.entityId, [...(before.get(node.entityId) ?? []), { until: node.createdAt, text: creativeText(copy) }]);
      }
      if (!page.hasNextPage) break;
      after = page.edges.at(-1)!.cursor;
    }
  }
  return (creativeId, at) => before.get(creativeId)?.find(({ until }) => at < until)?.text ?? now.get(creativeId) ?? null;
}
