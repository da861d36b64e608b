import { hash32 } from '../../base/rng';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Outcome } from '../../domain/entities/outcome';
import { blankCampaign } from '../campaigns/campaign-patch';
import { newCreative } from '../creatives/new-creative';
import type { Dependencies } from '../dependencies';
import type { Row } from './row';
import { runImport, type BatchResult, type ImportInput, type ImportPlan, type ImportReport, type Numbered } from './run-import';

type Needs = Pick<Dependencies, 'store' | 'clock' | 'ids' | 'advertiserId'>;

interface Arm {
  readonly test: string;
  /** Tells arms of one test apart, also those that show the same: by what they show and how often that came before. */
  readonly externalId: string;
  readonly headline: string;
  readonly lede: string;
  readonly impressions: number;
  readonly clicks: number;
  readonly week: Date;
}

/**
 * The Upworthy Research Archive: each test becomes a campaign of the week it ran, each arm a creative with its impressions and
 * clicks as sums. The lede opens the story behind the click, so that it describes the campaign and is no part of the ad.
 */
export function importUpworthy(deps: Needs, input: ImportInput): Promise<ImportReport> {
  return runImport(upworthyPlan(deps), input);
}

function upworthyPlan(deps: Needs): ImportPlan<Arm> {
  const seen = new Map<string, number>();
  return {
    fields: ['clickability_test_id', 'eyecatcher_id', 'headline', 'lede', 'impressions', 'clicks', 'test_week'].map((name) => ({
      name,
      required: name !== 'lede' && name !== 'eyecatcher_id',
    })),
    parse: (row) => readArm(row, seen),
    write: (batch) => storeArms(deps, batch),
  };
}

function readArm(row: Row, seen: Map<string, number>): Arm {
  const test = row.required('clickability_test_id', { max: 100 });
  const eyecatcher = row.optional('eyecatcher_id', { max: 100 }) ?? 'none';
  const headline = row.html('headline', { max: 300 }, true);
  const lede = row.html('lede', { max: 20_000 }, false);
  const impressions = row.count('impressions');
  const clicks = row.count('clicks');
  if (clicks > impressions) row.refuse('clicks', `clicks (${clicks}) exceed impressions (${impressions})`);
  const week = weekOf(row.required('test_week', { max: 10 }));
  if (week === null) row.refuse('test_week', 'test_week must be a year and a week, as 201446');
  const shown = `${eyecatcher}-${hash32(headline).toString(16)}${hash32(headline, 7).toString(16)}`;
  let externalId = shown;
  if (row.problem() === null) {
    const before = seen.get(`${test} ${shown}`) ?? 0;
    seen.set(`${test} ${shown}`, before + 1);
    if (before > 0) externalId = `${shown}-${before + 1}`;
  }
  return { test, externalId, headline, lede, impressions, clicks, week: week ?? new Date(0) };
}

/** First day of a week as the archive counts them (`%W`): week 1 begins with the year's first Monday, week 0 with the year. */
export function weekOf(text: string): Date | null {
  const match = /^(\d{4})(\d{2})$/.exec(text);
  const week = Number(match?.[2]);
  if (!match || week > 53) return null;
  const newYear = new Date(Date.UTC(Number(match[1]), 0, 1));
  if (week === 0) return newYear;
  const firstMonday = newYear.getTime() + ((8 - newYear.getUTCDay()) % 7) * DAY;
  return new Date(firstMonday + (week - 1) * 7 * DAY);
}

const DAY = 86_400_000;

async function storeArms(deps: Needs, batch: readonly Numbered<Arm>[]): Promise<BatchResult> {
  const first = new Map<string, Arm>();
  for (const { record } of batch) if (!first.has(record.test)) first.set(record.test, record);
  return deps.store.transaction(async (tx) => {
    const made = await tx.campaigns.insertMany(Array.from(first.values(), (arm) => campaignOf(deps, arm)));
    const campaigns = new Map(made.map((campaign) => [campaign.externalId, campaign]));
    const known = Array.from(first.keys(), campaignExternalId).filter((id) => !campaigns.has(id));
    for (const campaign of known.length > 0 ? await tx.campaigns.byExternalIds(deps.advertiserId, known) : []) campaigns.set(campaign.externalId, campaign);
    const arms = new Map<string, Arm>();
    const creatives = batch.map(({ record }) => {
      const creative = creativeOf(deps, record, campaigns.get(campaignExternalId(record.test))!.id);
      arms.set(creative.id, record);
      return creative;
    });
    const inserted = await tx.creatives.insertMany(creatives);
    // An arm that was there has its outcomes too: both were stored in one transaction.
    const outcomes = inserted.flatMap((creative) => outcomesOf(deps, creative, arms.get(creative.id)!));
    if (outcomes.length > 0) await tx.outcomes.record(outcomes);
    return { imported: inserted.length, unchanged: batch.length - inserted.length };
  });
}

function campaignExternalId(test: string): string {
  return `upworthy:${test}`;
}

function campaignOf(deps: Needs, arm: Arm): Campaign {
  return {
    ...blankCampaign(deps.ids.next(), deps.advertiserId, deps.clock.now()),
    externalId: campaignExternalId(arm.test),
    name: `Upworthy test ${arm.test.slice(-6)}: ${shortened(arm.headline, 90)}`,
    vertical: 'MEDIA',
    product: { name: 'Upworthy', brand: 'Upworthy', description: arm.lede === '' ? null : shortened(arm.lede, 2_000), features: [], offers: [], price: null, url: null },
    voice: { tone: 'WARM', bannedWords: [], requiredDisclaimer: null },
    currency: 'USD',
    flight: { startsAt: arm.week, endsAt: new Date(arm.week.getTime() + 7 * DAY) },
    status: 'ENDED',
  };
}

function creativeOf(deps: Needs, arm: Arm, campaignId: string): Creative {
  // It ran, and was checked against another medium's limits: approved, and our guard has no say.
  return newCreative(deps, { campaignId, externalId: arm.externalId, headline: arm.headline, origin: 'IMPORTED', status: 'APPROVED' });
}

function outcomesOf(deps: Needs, creative: Creative, arm: Arm): Outcome[] {
  const common = {
    advertiserId: deps.advertiserId, campaignId: creative.campaignId, creativeId: creative.id,
    profileId: null, decisionId: null, valueMicros: null, occurredAt: arm.week, receivedAt: deps.clock.now(),
  };
  const key = `${campaignExternalId(arm.test)}:${arm.externalId}`;
  const rows: Outcome[] = [];
  if (arm.impressions > 0) rows.push({ ...common, id: deps.ids.next(), outcomeId: `${key}:impressions`, kind: 'IMPRESSION', count: arm.impressions });
  if (arm.clicks > 0) rows.push({ ...common, id: deps.ids.next(), outcomeId: `${key}:clicks`, kind: 'CLICK', count: arm.clicks });
  return rows;
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 3).replace(/\s+\S*$/, '')}...`;
}
