import type { Clock } from '../base/clock';
import type { GenerationJob, GenerationOptions, GenerationStatus } from '../domain/entities/generation-job';
import type { GenerationJob as Row } from './generated/client';
import { grouped } from './grouped';
import { anyOf, rows, sql, type Db, type Sql } from './sql';

export interface GenerationProgress {
  readonly createdCreativeIds: readonly string[];
  readonly rejected: number;
}

export interface GenerationJobs {
  byIds(advertiserId: string, ids: readonly string[]): Promise<GenerationJob[]>;
  /** Newest first, at most `limitPerCampaign` of each. */
  latestByCampaignIds(advertiserId: string, campaignIds: readonly string[], limitPerCampaign: number): Promise<Map<string, GenerationJob[]>>;
  /** Of every advertiser: what a restart finds unfinished. */
  unfinished(): Promise<GenerationJob[]>;
  insert(job: GenerationJob): Promise<void>;
  /** QUEUED -> RUNNING; null when it was not queued. */
  start(advertiserId: string, id: string): Promise<GenerationJob | null>;
  /** Adds to what the running job has; null when it does not run (any more). */
  progress(advertiserId: string, id: string, progress: GenerationProgress): Promise<GenerationJob | null>;
  /** Ends a queued or running job; null when it had ended. */
  finish(
    advertiserId: string,
    id: string,
    status: Extract<GenerationStatus, 'SUCCEEDED' | 'FAILED' | 'CANCELLED'>,
    error?: { readonly code: string; readonly message: string },
  ): Promise<GenerationJob | null>;
}

export function generationJobs(db: Db, clock: Clock): GenerationJobs {
  const change = async (advertiserId: string, id: string, set: Sql, among: readonly GenerationStatus[]): Promise<GenerationJob | null> => {
    const [row] = await rows<Row>(db, sql`
      UPDATE generation_jobs SET ${set}
      WHERE advertiser_id = ${advertiserId}::uuid AND id = ${id}::uuid AND ${anyOf('status', '"GenerationStatus"', among)} RETURNING *`);
    return row ? fromRow(row) : null;
  };
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM generation_jobs WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async latestByCampaignIds(advertiserId, campaignIds, limitPerCampaign) {
      const found = await rows<Row>(db, sql`
        SELECT j.* FROM unnest(${[...campaignIds]}::uuid[]) AS parent(id)
        CROSS JOIN LATERAL (
          SELECT * FROM generation_jobs WHERE advertiser_id = ${advertiserId}::uuid AND campaign_id = parent.id
          ORDER BY created_at DESC, id DESC LIMIT ${limitPerCampaign}::int4
        ) j
        ORDER BY j.campaign_id, j.created_at DESC, j.id DESC`);
      return grouped(campaignIds, found.map(fromRow), (job) => job.campaignId);
    },
    async unfinished() {
      const found = await db.generationJob.findMany({ where: { status: { in: ['QUEUED', 'RUNNING'] } }, orderBy: { createdAt: 'asc' } });
      return found.map(fromRow);
    },
    async insert(job) {
      const { error, ...rest } = job;
      await db.generationJob.create({
        data: {
          ...rest,
          seed: BigInt(job.seed),
          options: { ...job.options },
          createdCreativeIds: [...job.createdCreativeIds],
          errorCode: error?.code ?? null,
          errorMessage: error?.message ?? null,
        },
      });
    },
    start: (advertiserId, id) => change(advertiserId, id, sql`status = 'RUNNING', started_at = ${clock.now()}::timestamptz`, ['QUEUED']),
    progress: (advertiserId, id, { createdCreativeIds, rejected }) =>
      change(
        advertiserId,
        id,
        sql`done = done + ${createdCreativeIds.length}::int4, rejected = rejected + ${rejected}::int4,
            created_creative_ids = created_creative_ids || ${[...createdCreativeIds]}::uuid[]`,
        ['RUNNING'],
      ),
    finish: (advertiserId, id, status, error) =>
      change(
        advertiserId,
        id,
        sql`status = ${status}::text::"GenerationStatus", finished_at = ${clock.now()}::timestamptz,
            error_code = ${error?.code ?? null}::text, error_message = ${error?.message ?? null}::text`,
        ['QUEUED', 'RUNNING'],
      ),
  };
}

function fromRow(row: Row): GenerationJob {
  const { errorCode, errorMessage, ...rest } = row;
  const options = row.options as unknown as GenerationOptions;
  return {
    ...rest,
    seed: Number(row.seed),
    // Jobs of before writers could be chosen do not say.
    options: { ...options, writerVersionId: options.writerVersionId ?? null },
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  };
}
