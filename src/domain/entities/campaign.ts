import type { Money } from './money';

export const VERTICALS = ['ECOMMERCE', 'EDUCATION', 'FINANCE', 'TRAVEL', 'MEDIA', 'OTHER'] as const;
export type Vertical = (typeof VERTICALS)[number];

export const TONES = ['PLAYFUL', 'WARM', 'CONFIDENT', 'PLAIN', 'PREMIUM', 'URGENT'] as const;
export type Tone = (typeof TONES)[number];

export const CAMPAIGN_STATUSES = ['DRAFT', 'ACTIVE', 'PAUSED', 'ENDED', 'ARCHIVED'] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

export const PACINGS = ['EVEN', 'AS_FAST_AS_POSSIBLE'] as const;
export type Pacing = (typeof PACINGS)[number];

/** The facts copy may state. A number, price or name in an ad comes from here and from nowhere else. */
export interface ProductFacts {
  readonly name: string;
  readonly brand: string | null;
  readonly description: string | null;
  /** Short noun phrases: "a waterproof membrane". */
  readonly features: readonly string[];
  /** Short phrases: "20% off this week". */
  readonly offers: readonly string[];
  readonly price: Money | null;
  readonly url: string | null;
}

export interface Voice {
  readonly tone: Tone;
  readonly bannedWords: readonly string[];
  /** Text that every ad of the campaign must carry, word for word. */
  readonly requiredDisclaimer: string | null;
}

/** A profile matches when its attribute has one of the values. */
export interface AttributeRule {
  readonly name: string;
  readonly anyOf: readonly string[];
}

/** Who may see the campaign. An empty list asks for nothing; all that is asked must hold. */
export interface AudienceRules {
  readonly interestsAnyOf: readonly string[];
  readonly interestsNoneOf: readonly string[];
  readonly segmentsAnyOf: readonly string[];
  readonly segmentsNoneOf: readonly string[];
  readonly attributes: readonly AttributeRule[];
}

/** What the campaign wants: expected value = sum over objectives of weight x probability x value. */
export interface Objectives {
  /** Not negative; a weight of 0 leaves the objective out. */
  readonly clickWeight: number;
  readonly conversionWeight: number;
  readonly revenueWeight: number;
  /** What one click, one conversion is worth, and the revenue one conversion brings, in micros of the campaign's currency. */
  readonly clickValueMicros: bigint;
  readonly conversionValueMicros: bigint;
  readonly revenuePerConversionMicros: bigint;
}

/** When the campaign runs: from `startsAt` (included) to `endsAt` (excluded); null has no end. */
export interface Flight {
  readonly startsAt: Date;
  readonly endsAt: Date | null;
}

/** Null is unlimited. Micros of the campaign's currency. */
export interface Budget {
  readonly totalMicros: bigint | null;
  readonly dailyMicros: bigint | null;
}

/** At most `impressions` to one profile in any `perHours` hours. */
export interface FrequencyCap {
  readonly impressions: number;
  readonly perHours: number;
}

export interface Campaign {
  readonly id: string;
  readonly advertiserId: string;
  /** The caller's own name for it (imports find their rows again by it); unique per advertiser. */
  readonly externalId: string | null;
  readonly name: string;
  readonly vertical: Vertical;
  readonly product: ProductFacts;
  readonly voice: Voice;
  readonly audience: AudienceRules;
  readonly objectives: Objectives;
  /** ISO 4217; every amount of the campaign is in it. */
  readonly currency: string;
  readonly flight: Flight;
  readonly budget: Budget;
  readonly pacing: Pacing;
  readonly frequencyCap: FrequencyCap | null;
  /** What is charged for a thousand impressions and for one click; 0 charges nothing. */
  readonly costPerThousandMicros: bigint;
  readonly costPerClickMicros: bigint;
  /** Most that one conversion may cost; null is unlimited. */
  readonly targetCostPerConversionMicros: bigint | null;
  /** How long after the decision a click, a conversion still counts for it. */
  readonly clickWindowHours: number;
  readonly conversionWindowHours: number;
  readonly status: CampaignStatus;
  /** Starts at 1, grows by one with every change (optimistic lock). */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
