import type { BehaviourEvent } from '../entities/event';
import type { Interest } from '../entities/profile';
import { eventWeight } from './event-weights';

const DAY = 86_400_000;

/** After this long an event counts half. */
export const HALF_LIFE_DAYS = 21;
/** Lighter interests are forgotten: a view of about four months ago. */
export const MINIMUM_WEIGHT = 0.02;
export const MAXIMUM_INTERESTS = 24;

/** What remains of a weight after some time: halved every half-life. Time running backwards makes nothing heavier. */
export function decayed(weight: number, from: Date, to: Date, halfLifeDays = HALF_LIFE_DAYS): number {
  const days = Math.max(0, to.getTime() - from.getTime()) / DAY;
  return weight * 2 ** (-days / halfLifeDays);
}

/** What most names look like already. */
const USUAL = /^[a-z0-9]+(?: [a-z0-9]+)*$/;

/** The one spelling of an interest, under which it is kept and looked for: "Trail  Shoes" is "trail shoes". */
export function interestName(text: string): string {
  if (USUAL.test(text)) return text;
  return text.normalize('NFC').toLowerCase().replace(/[\p{Cc}\p{Cf}<>|]+/gu, ' ').replace(/\s+/g, ' ').trim();
}

/** The interest an event speaks of: its category, else what was searched for; null when it says neither. */
export function interestOf(event: Pick<BehaviourEvent, 'category' | 'kind' | 'itemText'>): string | null {
  const text = event.category ?? (event.kind === 'SEARCH' ? event.itemText : null);
  if (text === null) return null;
  const name = interestName(text);
  // A long search is a question, not a category.
  return name === '' || name.length > 40 || (event.category === null && name.split(' ').length > 3) ? null : name;
}

/**
 * Adds events to interests. Exponential decay needs no history: what is known is aged to `now`, each event comes in at its
 * own age, so that any split of the events into batches, in any order, gives the same weights as all of them at once (but
 * for interests so light, or disliked, that a batch before forgot them).
 */
export function addToInterests(known: readonly Interest[], events: readonly BehaviourEvent[], now: Date): Interest[] {
  const weights = new Map<string, number>();
  for (const interest of known) weights.set(interest.name, decayed(interest.weight, interest.updatedAt, now));
  for (const event of events) {
    const name = interestOf(event);
    if (name === null) continue;
    weights.set(name, (weights.get(name) ?? 0) + decayed(eventWeight(event), event.occurredAt, now));
  }
  return Array.from(weights, ([name, weight]) => ({ name, weight, updatedAt: now }))
    .filter((interest) => interest.weight >= MINIMUM_WEIGHT)
    .toSorted((a, b) => b.weight - a.weight || (a.name < b.name ? -1 : 1))
    .slice(0, MAXIMUM_INTERESTS);
}

/** Interests as they weigh at a moment, heaviest first. */
export function interestsAt(known: readonly Interest[], now: Date): Interest[] {
  return addToInterests(known, [], now);
}
