import type { BehaviourEvent } from '../entities/event';
import type { RecentItem } from '../entities/profile';

export const MAXIMUM_RECENT_ITEMS = 20;

/** The latest items, oldest first, each item once (its latest touch counts). */
export function addToRecentItems(known: readonly RecentItem[], events: readonly BehaviourEvent[], limit = MAXIMUM_RECENT_ITEMS): RecentItem[] {
  const items = [
    ...known,
    ...events
      // What somebody typed into a search box is no item, and disliked items say nothing about what to show next.
      .filter((event) => event.kind !== 'SEARCH' && !(event.kind === 'RATE' && event.value !== null && event.value < 3))
      .map((event): RecentItem => ({ text: oneLine(event.itemText), category: event.category, kind: event.kind, at: event.occurredAt })),
  ];
  const latest = new Map<string, RecentItem>();
  for (const item of items) {
    const before = latest.get(item.text);
    if (item.text !== '' && (before === undefined || before.at <= item.at)) latest.set(item.text, item);
  }
  return Array.from(latest.values())
    .toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.text < b.text ? -1 : 1))
    .slice(-limit);
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}
