import type { EventKind } from './event';

/** What a person agreed to, per purpose. Without a purpose nothing of the profile reaches that use. */
export interface Consent {
  /** Choosing copy by what the person did: profile text in scores and prompts. */
  readonly personalisation: boolean;
  /** The person's rows may train models. */
  readonly training: boolean;
  /** Outcomes may be counted against the person. */
  readonly measurement: boolean;
}

/** Interest with a weight that decays in time; `weight` holds as of `updatedAt`. */
export interface Interest {
  readonly name: string;
  readonly weight: number;
  readonly updatedAt: Date;
}

/** One thing the person touched lately. */
export interface RecentItem {
  readonly text: string;
  readonly category: string | null;
  readonly kind: EventKind;
  readonly at: Date;
}

export interface Profile {
  readonly id: string;
  readonly advertiserId: string;
  /** The caller's id of the person; unique per advertiser. */
  readonly externalId: string;
  readonly consent: Consent;
  /** Stated facts, e.g. { country: 'DE' }; some are barred in regulated verticals. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Heaviest first. */
  readonly interests: readonly Interest[];
  readonly segments: readonly string[];
  /** Oldest first, newest last, bounded. */
  readonly recentItems: readonly RecentItem[];
  /** What the models read: recent item titles joined by ` | `, newest last. Empty without consent. Never logged. */
  readonly profileText: string;
  /** Starts at 1, grows by one with every change (optimistic lock). */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
