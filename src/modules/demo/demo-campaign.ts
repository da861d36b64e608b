import type { Tone, Vertical } from '../../domain/entities/campaign';

/** A campaign of the demo, as far as it differs from the others. All brands and products are invented. */
export interface DemoCampaign {
  /** Part of the external id, `demo:<key>`. */
  readonly key: string;
  readonly name: string;
  readonly vertical: Vertical;
  readonly product: string;
  readonly brand: string;
  readonly description: string;
  readonly features: readonly string[];
  readonly offers: readonly string[];
  /** Units of the currency, as text: exact. */
  readonly price: string;
  readonly currency: 'GBP' | 'EUR';
  readonly url: string;
  readonly tone: Tone;
  readonly bannedWords: readonly string[];
  readonly disclaimer?: string;
  /** Interests of its audience; none: for everybody. */
  readonly interests: readonly string[];
  readonly clickValue: string;
  readonly conversionValue: string;
  /** Copy by people: headline, body, call to action. */
  readonly creatives: readonly (readonly [headline: string, body: string, callToAction: string])[];
}
