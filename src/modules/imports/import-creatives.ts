import { createHash } from 'node:crypto';
import type { Campaign } from '../../domain/entities/campaign';
import { CREATIVE_STATUSES, type Creative, type CreativeStatus } from '../../domain/entities/creative';
import type { Outcome, OutcomeKind } from '../../domain/entities/outcome';
import { findingsOf, isBlocked } from '../creatives/copy-input';
import { creativeChanged } from '../creatives/creative-changed';
import { newCreative } from '../creatives/new-creative';
import type { Dependencies } from '../dependencies';
import type { Row } from './row';
import { runImport, type BatchResult, type ImportInput, type ImportReport, type Numbered } from './run-import';

interface CreativeRow {
  readonly campaign: string;
  readonly externalId: string;
  readonly copy: Pick<Creative, 'headline' | 'body' | 'callToAction' | 'imageUrl'>;
  readonly status: CreativeStatus;
  readonly counts: Readonly<Record<'impressions' | 'clicks' | 'conversions', number>>;
}

/**
 * Copy that exists elsewhere, into campaigns that exist here (named by their external id), with what is known of its outcomes.
 * It goes through the guard as if it had been typed; APPROVED is only kept where nothing blocks.
 */
export function importCreatives(deps: Dependencies, input: ImportInput): Promise<ImportReport> {
  return runImport<CreativeRow>(
    {
      fields: [
        { name: 'campaignExternalId', required: true },
        { name: 'headline', required: true },
        ...['externalId', 'body', 'callToAction', 'imageUrl', 'status', 'impressions', 'clicks', 'conversions'].map((name) => ({ name, required: false })),
      ],
      parse: readCreative,
      write: (batch) => storeCreatives(deps, batch),
    },
    input,
  );
}

function readCreative(row: Row): CreativeRow {
  const campaign = row.required('campaignExternalId', { max: 200 });
  const copy = {
    headline: row.required('headline', { max: 300 }),
    body: row.optional('body', { max: 2_000, multiline: true }),
    callToAction: row.optional('callToAction', { max: 100 }),
    imageUrl: row.optional('imageUrl', { max: 2_048 }),
  };
  if (copy.imageUrl !== null && !/^https?:\/\//i.test(copy.imageUrl)) row.refuse('imageUrl', 'imageUrl must be an absolute http or https address');
  const status = row.optional('status', { max: 40 }) === null ? 'DRAFT' : row.oneOf('status', CREATIVE_STATUSES);
  const most = 2_000_000_000;
  const counts = {
    impressions: row.number('impressions', 0, most, true) ?? 0,
    clicks: row.number('clicks', 0, most, true) ?? 0,
    conversions: row.number('conversions', 0, most, true) ?? 0,
  };
  if (counts.clicks > counts.impressions) row.refuse('clicks', `clicks (${counts.clicks}) exceed impressions (${counts.impressions})`);
  const words = [copy.headline, copy.body, copy.callToAction, copy.imageUrl].join('\u0000');
  const externalId = row.optional('externalId', { max: 200 }) ?? `row:${createHash('sha256').update(words).digest('hex').slice(0, 32)}`;
  return { campaign, externalId, copy, status, counts };
}

async function storeCreatives(deps: Dependencies, batch: readonly Numbered<CreativeRow>[]): Promise<BatchResult> {
  const names = [...new Set(batch.map(({ record }) => record.campaign))];
  const result = await deps.store.transaction(async (tx) => {
    const campaigns = new Map((await tx.campaigns.byExternalIds(deps.advertiserId, names)).map((campaign) => [campaign.externalId!, campaign]));
    const rejects: { line: number; reason: string }[] = [];
    const rows = new Map<string, CreativeRow>();
    const creatives: Creative[] = [];
    for (const { line, record } of batch) {
      const campaign = campaigns.get(record.campaign);
      if (campaign === undefined) {
        rejects.push({ line, reason: `there is no campaign with the external id ${JSON.stringify(record.campaign)}` });
        continue;
      }
      const creative = creativeOf(deps, record, campaign);
      rows.set(creative.id, record);
      creatives.push(creative);
    }
    const inserted = creatives.length > 0 ? await tx.creatives.insertMany(creatives) : [];
    const outcomes = inserted.flatMap((creative) => outcomesOf(deps, creative, rows.get(creative.id)!));
    if (outcomes.length > 0) await tx.outcomes.record(outcomes);
    if (inserted.length > 0) await deps.bus.record(tx, 'creativeChanged', ...inserted.map((creative) => creativeChanged(creative, 'CREATED')));
    return { imported: inserted.length, unchanged: creatives.length - inserted.length, rejects };
  });
  if (result.imported > 0) deps.bus.wake('creativeChanged');
  return result;
}

function creativeOf(deps: Dependencies, row: CreativeRow, campaign: Campaign): Creative {
  const findings = findingsOf(campaign, row.copy);
  return newCreative(deps, {
    campaignId: campaign.id,
    externalId: row.externalId,
    ...row.copy,
    origin: 'IMPORTED',
    status: row.status === 'APPROVED' && isBlocked(findings) ? 'IN_REVIEW' : row.status,
    findings,
  });
}

const KINDS: readonly (readonly [keyof CreativeRow['counts'], OutcomeKind])[] = [['impressions', 'IMPRESSION'], ['clicks', 'CLICK'], ['conversions', 'CONVERSION']];

function outcomesOf(deps: Dependencies, creative: Creative, row: CreativeRow): Outcome[] {
  const now = deps.clock.now();
  return KINDS.filter(([name]) => row.counts[name] > 0).map(([name, kind]) => ({
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    outcomeId: `import:${creative.campaignId}:${row.externalId}:${name}`,
    campaignId: creative.campaignId,
    creativeId: creative.id,
    profileId: null,
    decisionId: null,
    kind,
    count: row.counts[name],
    valueMicros: null,
    occurredAt: now,
    receivedAt: now,
  }));
}
