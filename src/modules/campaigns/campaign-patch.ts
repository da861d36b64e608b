import type {
  AttributeRule, Campaign, FrequencyCap, Pacing, Tone, Vertical,
} from '../../domain/entities/campaign';
import type { Money } from '../../domain/entities/money';

/**
 * What a caller may set of a campaign. Absent leaves as it is (or takes the default at creation); null empties what may be
 * empty. Amounts come with their currency, so that nobody sends euros to a campaign in yen.
 */
export interface CampaignPatch {
  readonly externalId?: string | null;
  readonly name?: string;
  readonly vertical?: Vertical;
  readonly product?: {
    readonly name?: string;
    readonly brand?: string | null;
    readonly description?: string | null;
    readonly features?: readonly string[];
    readonly offers?: readonly string[];
    readonly price?: Money | null;
    readonly url?: string | null;
  };
  readonly voice?: { readonly tone?: Tone; readonly bannedWords?: readonly string[]; readonly requiredDisclaimer?: string | null };
  readonly audience?: {
    readonly interestsAnyOf?: readonly string[];
    readonly interestsNoneOf?: readonly string[];
    readonly segmentsAnyOf?: readonly string[];
    readonly segmentsNoneOf?: readonly string[];
    readonly attributes?: readonly AttributeRule[];
  };
  readonly objectives?: {
    readonly clickWeight?: number;
    readonly conversionWeight?: number;
    readonly revenueWeight?: number;
    readonly clickValue?: Money;
    readonly conversionValue?: Money;
    readonly revenuePerConversion?: Money;
  };
  readonly currency?: string;
  readonly flight?: { readonly startsAt?: Date; readonly endsAt?: Date | null };
  readonly budget?: { readonly total?: Money | null; readonly daily?: Money | null };
  readonly pacing?: Pacing;
  readonly frequencyCap?: FrequencyCap | null;
  readonly costPerThousand?: Money;
  readonly costPerClick?: Money;
  readonly targetCostPerConversion?: Money | null;
  readonly clickWindowHours?: number;
  readonly conversionWindowHours?: number;
}

/** Every amount of a patch with its field, for the currency check. */
export function amountsOf(patch: CampaignPatch): readonly (readonly [string, Money | null | undefined])[] {
  return [
    ['product.price', patch.product?.price],
    ['objectives.clickValue', patch.objectives?.clickValue],
    ['objectives.conversionValue', patch.objectives?.conversionValue],
    ['objectives.revenuePerConversion', patch.objectives?.revenuePerConversion],
    ['budget.total', patch.budget?.total],
    ['budget.daily', patch.budget?.daily],
    ['costPerThousand', patch.costPerThousand],
    ['costPerClick', patch.costPerClick],
    ['targetCostPerConversion', patch.targetCostPerConversion],
  ];
}

/** A campaign with nothing said yet: clicks count, nothing is limited. */
export function blankCampaign(id: string, advertiserId: string, now: Date): Campaign {
  return {
    id,
    advertiserId,
    externalId: null,
    name: '',
    vertical: 'OTHER',
    product: { name: '', brand: null, description: null, features: [], offers: [], price: null, url: null },
    voice: { tone: 'PLAIN', bannedWords: [], requiredDisclaimer: null },
    audience: { interestsAnyOf: [], interestsNoneOf: [], segmentsAnyOf: [], segmentsNoneOf: [], attributes: [] },
    objectives: {
      clickWeight: 1,
      conversionWeight: 0,
      revenueWeight: 0,
      clickValueMicros: 1_000_000n,
      conversionValueMicros: 0n,
      revenuePerConversionMicros: 0n,
    },
    currency: 'EUR',
    flight: { startsAt: now, endsAt: null },
    budget: { totalMicros: null, dailyMicros: null },
    pacing: 'EVEN',
    frequencyCap: null,
    costPerThousandMicros: 0n,
    costPerClickMicros: 0n,
    targetCostPerConversionMicros: null,
    clickWindowHours: 24,
    conversionWindowHours: 168,
    status: 'DRAFT',
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** The campaign as it would be; checks nothing. */
export function applyPatch(campaign: Campaign, patch: CampaignPatch): Campaign {
  const { objectives: o, budget: b } = patch;
  return {
    ...campaign,
    ...given({
      externalId: patch.externalId,
      name: patch.name?.trim(),
      vertical: patch.vertical,
      currency: patch.currency,
      pacing: patch.pacing,
      frequencyCap: patch.frequencyCap,
      costPerThousandMicros: patch.costPerThousand?.micros,
      costPerClickMicros: patch.costPerClick?.micros,
      targetCostPerConversionMicros: microsOf(patch.targetCostPerConversion),
      clickWindowHours: patch.clickWindowHours,
      conversionWindowHours: patch.conversionWindowHours,
    }),
    product: { ...campaign.product, ...given(patch.product) },
    voice: { ...campaign.voice, ...given(patch.voice) },
    audience: { ...campaign.audience, ...given(patch.audience) },
    flight: { ...campaign.flight, ...given(patch.flight) },
    objectives: {
      ...campaign.objectives,
      ...given({
        clickWeight: o?.clickWeight,
        conversionWeight: o?.conversionWeight,
        revenueWeight: o?.revenueWeight,
        clickValueMicros: o?.clickValue?.micros,
        conversionValueMicros: o?.conversionValue?.micros,
        revenuePerConversionMicros: o?.revenuePerConversion?.micros,
      }),
    },
    budget: {
      ...campaign.budget,
      ...given({ totalMicros: microsOf(b?.total), dailyMicros: microsOf(b?.daily) }),
    },
  };
}

function microsOf(money: Money | null | undefined): bigint | null | undefined {
  return money == null ? money : money.micros;
}

/** Only what was said: `undefined` must not overwrite. */
function given<T extends object>(values: T | undefined): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
