import type { BehaviourEvent } from '../entities/event';
import type { Consent, Interest, RecentItem } from '../entities/profile';
import { addToInterests } from './interests';
import { profileText } from './profile-text';
import { addToRecentItems } from './recent-items';
import { segmentsOf } from './segments';

/** The part of a profile that follows from what the person did. */
export interface Derived {
  readonly interests: readonly Interest[];
  readonly segments: readonly string[];
  readonly recentItems: readonly RecentItem[];
  readonly profileText: string;
}

/**
 * What a profile becomes by new events. Only events that are really new may come in (the store tells replays apart);
 * their order and batching do not matter. Everything is derived whatever the consent, but for the text the models read.
 */
export function deriveProfile(
  known: { readonly consent: Consent; readonly interests: readonly Interest[]; readonly recentItems: readonly RecentItem[] },
  events: readonly BehaviourEvent[],
  now: Date,
): Derived {
  const interests = addToInterests(known.interests, events, now);
  const recentItems = addToRecentItems(known.recentItems, events);
  return {
    interests,
    recentItems,
    segments: segmentsOf({ interests, recentItems, now }),
    profileText: profileText({ consent: known.consent, recentItems }),
  };
}
