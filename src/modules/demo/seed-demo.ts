import { AdloomError } from '../../base/errors';
import { createRng, type Rng } from '../../base/rng';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Outcome, OutcomeKind } from '../../domain/entities/outcome';
import { parseMicros } from '../../domain/rules/money';
import { findingsOf } from '../creatives/copy-input';
import { newCreative } from '../creatives/new-creative';
import type { Dependencies } from '../dependencies';
import { MOST_EVENTS } from '../profiles/check-events';
import { recordEvents } from '../profiles/record-events';
import { newProfile } from '../profiles/upsert-profile';
import { MONEY_AND_TRAVEL } from './campaigns-money-and-travel';
import { SHOP_AND_SCHOOL } from './campaigns-shop-and-school';
import type { DemoCampaign } from './demo-campaign';
import { demoPeople, type DemoPerson } from './demo-profiles';
import { writeDemoCopy } from './write-demo-copy';

export const DEMO_CAMPAIGNS: readonly DemoCampaign[] = [...SHOP_AND_SCHOOL, ...MONEY_AND_TRAVEL];

const SEED = 20_261_123;
const DAY = 86_400_000;

export interface SeededDemo {
  readonly campaigns: number;
  readonly profiles: number;
  readonly events: number;
  /** Creatives that the writer wrote for some of the profiles. */
  readonly written: number;
}

/** Whether nobody has put anything of their own here: a first start, or one that was cut off while filling. */
export async function needsDemo({ store, advertiserId }: Dependencies): Promise<boolean> {
  if ((await store.campaigns.count(advertiserId, {})) > 0) return false;
  const [people, demo] = await Promise.all([store.profiles.count(advertiserId, {}), store.profiles.count(advertiserId, { search: 'demo-' })]);
  return people === demo;
}

/**
 * Fills an empty store with twelve campaigns and two hundred people, so that the first query has something to say. Safe to run
 * again, also after it was cut off: campaigns come last, and what is there stays as it is.
 * @throws CANCELLED when the signal aborts before the campaigns are there
 */
export async function seedDemo(deps: Dependencies, signal?: AbortSignal): Promise<SeededDemo> {
  const rng = createRng(SEED);
  const today = new Date(Math.floor(deps.clock.now().getTime() / DAY) * DAY);
  const people = demoPeople(rng.fork('people'), today);
  const events = await seedPeople(deps, people, signal);
  stopIfAborted(signal);
  const campaigns = await seedCampaigns(deps, rng.fork('campaigns'), today);
  const written = await writeDemoCopy(deps, signal);
  return { campaigns, profiles: people.length, events, written };
}

async function seedPeople(deps: Dependencies, people: readonly DemoPerson[], signal?: AbortSignal): Promise<number> {
  const now = deps.clock.now();
  await deps.store.profiles.ensureMany(
    people.map(({ externalId, consent, attributes }) => ({ ...newProfile(deps, externalId, now), consent, attributes })),
  );
  const events = people.flatMap((person) => person.events);
  let recorded = 0;
  for (let from = 0; from < events.length; from += MOST_EVENTS) {
    stopIfAborted(signal);
    recorded += (await recordEvents(deps, { events: events.slice(from, from + MOST_EVENTS) })).recorded;
  }
  return recorded;
}

function stopIfAborted(signal?: AbortSignal): void {
  if (signal?.aborted) throw new AdloomError('CANCELLED', 'Stopped while the database was filled with demo data.', { hint: 'The next start goes on with it.' });
}

async function seedCampaigns(deps: Dependencies, rng: Rng, today: Date): Promise<number> {
  const campaigns = DEMO_CAMPAIGNS.map((demo) => demoCampaign(deps, demo, today));
  return deps.store.transaction(async (tx) => {
    const made = await tx.campaigns.insertMany(campaigns);
    const outcomes: Outcome[] = [];
    for (const campaign of made) {
      const demo = DEMO_CAMPAIGNS.find(({ key }) => campaign.externalId === `demo:${key}`)!;
      const creatives = await tx.creatives.insertMany(demo.creatives.map((copy, index) => creativeOf(deps, campaign, copy, index)));
      for (const creative of creatives) outcomes.push(...outcomesOf(deps, rng.fork(`${campaign.externalId} ${creative.externalId}`), creative, today));
    }
    if (outcomes.length > 0) await tx.outcomes.record(outcomes);
    return made.length;
  });
}

/** The campaign as it is stored; `today` is inside its flight. */
export function demoCampaign(deps: Pick<Dependencies, 'ids' | 'advertiserId' | 'clock'>, demo: DemoCampaign, today: Date): Campaign {
  const now = deps.clock.now();
  const micros = (amount: string): bigint => parseMicros(amount, `demo.${demo.key}`);
  const price = micros(demo.price);
  return {
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    externalId: `demo:${demo.key}`,
    name: demo.name,
    vertical: demo.vertical,
    product: {
      name: demo.product, brand: demo.brand, description: demo.description, features: demo.features, offers: demo.offers,
      price: price === 0n ? null : { micros: price, currency: demo.currency }, url: demo.url,
    },
    voice: { tone: demo.tone, bannedWords: demo.bannedWords, requiredDisclaimer: demo.disclaimer ?? null },
    audience: { interestsAnyOf: demo.interests, interestsNoneOf: [], segmentsAnyOf: [], segmentsNoneOf: [], attributes: [] },
    objectives: {
      clickWeight: 1, conversionWeight: 1, revenueWeight: 0,
      clickValueMicros: micros(demo.clickValue), conversionValueMicros: micros(demo.conversionValue), revenuePerConversionMicros: 0n,
    },
    currency: demo.currency,
    flight: { startsAt: new Date(today.getTime() - 30 * DAY), endsAt: new Date(today.getTime() + 60 * DAY) },
    budget: { totalMicros: micros('20000'), dailyMicros: micros('400') },
    pacing: 'EVEN',
    frequencyCap: { impressions: 3, perHours: 24 },
    costPerThousandMicros: micros('2.50'),
    costPerClickMicros: micros('0.05'),
    targetCostPerConversionMicros: micros(demo.conversionValue),
    clickWindowHours: 24,
    conversionWindowHours: 168,
    status: 'ACTIVE',
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function creativeOf(deps: Dependencies, campaign: Campaign, [headline, body, callToAction]: DemoCampaign['creatives'][number], index: number): Creative {
  const copy = { headline, body, callToAction, imageUrl: null };
  return newCreative(deps, {
    campaignId: campaign.id, externalId: `human-${index + 1}`, ...copy, origin: 'HUMAN', status: 'APPROVED', findings: findingsOf(campaign, copy),
  });
}

/** A month of being shown, as sums; rates such as display ads have. */
function outcomesOf(deps: Dependencies, rng: Rng, creative: Creative, today: Date): Outcome[] {
  const impressions = 3_000 + rng.int(9_000);
  const clicks = Math.round(impressions * Math.exp(Math.log(0.018) + 0.4 * rng.normal()));
  const conversions = Math.round(clicks * (0.02 + 0.06 * rng.next()));
  const counts: readonly (readonly [OutcomeKind, number])[] = [['IMPRESSION', impressions], ['CLICK', clicks], ['CONVERSION', conversions]];
  return counts.filter(([, count]) => count > 0).map(([kind, count]) => ({
    id: deps.ids.next(), advertiserId: deps.advertiserId, outcomeId: `demo:${creative.campaignId}:${creative.externalId}:${kind}`,
    campaignId: creative.campaignId, creativeId: creative.id, profileId: null, decisionId: null,
    kind, count, valueMicros: null, occurredAt: new Date(today.getTime() - DAY), receivedAt: deps.clock.now(),
  }));
}
