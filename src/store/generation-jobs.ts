import type { Clock } from '../base/clock';
import type { GenerationJob, GenerationOptions, GenerationStatus } from '../domain/entities/generation-job';
import type { GenerationJob as Row } from './generated/client';
import { grouped } from './grouped';
import { heldUntil, LEFT, nobodyIsAt, runningBy, takenBy, waitingIds, type Lease } from './lease';
import { anyOf, rows, sql, type Db, type Sql } from './sql';

export interface GenerationProgress {
  readonly createdCreativeIds: readonly string[];
  readonly rejected: number;
}

export interface GenerationJobs {
  byIds(advertiserId: string, ids: readonly string[]): Promise<GenerationJob[]>;
  /** Newest first, at most `limitPerCampaign` of each. */
  latestByCampaignIds(advertiserId: string, campaignIds: readonly string[], limitPerCampaign: number): Promise<Map<string, GenerationJob[]>>;
  /** Ids, the oldest first, of up to a thousand that are queued, or running and nobody is at them. */
  waiting(advertiserId: string, now: Date): Promise<string[]>;
  insert(job: GenerationJob): Promise<void>;
  /** RUNNING by this attempt, where it was queued or nobody was at it; of several at once one gets it, the others null. */
  take(advertiserId: string, id: string, lease: Lease): Promise<GenerationJob | null>;
  /** Prolongs the lease; false where the job has ended or another took it up. */
  hold(advertiserId: string, id: string, lease: Lease): Promise<boolean>;
  /** Leaves a running job to whoever takes it up next. */
  leave(advertiserId: string, id: string, owner: string): Promise<void>;
  /** Adds to what the running job has; null when it does not run (any more), or another took it up. */
  progress(advertiserId: string, id: string, owner: string, progress: GenerationProgress): Promise<GenerationJob | null>;
  /** Ends a queued or running job, with `owner` only where that attempt has it; null when it had ended. */
  finish(
    advertiserId: string,
    id: string,
    status: Extract<GenerationStatus, 'SUCCEEDED' | 'FAILED' | 'CANCELLED'>,
    end?: { readonly owner?: string; readonly error?: { readonly code: string; readonly message: string } },
  ): Promise<GenerationJob | null>;
}

export function generationJobs(db: Db, clock: Clock): GenerationJobs {
  const change = async (advertiserId: string, id: string, set: Sql, where: Sql): Promise<GenerationJob | null> => {
    const [row] = await rows<Row>(db, sql`
      UPDATE generation_jobs SET ${set}
      WHERE advertiser_id = ${advertiserId}::uuid AND id = ${id}::uuid AND ${where} RETURNING *`);
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
    waiting: (advertiserId, now) => waitingIds(db, 'generation_jobs', advertiserId, now),
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
    take: (advertiserId, id, lease) => change(advertiserId, id, takenBy(lease), nobodyIsAt(lease.now)),
    hold: async (advertiserId, id, { owner, until }) => (await change(advertiserId, id, heldUntil(until), runningBy(owner))) !== null,
    leave: async (advertiserId, id, owner) => void (await change(advertiserId, id, LEFT, runningBy(owner))),
    progress: (advertiserId, id, owner, { createdCreativeIds, rejected }) =>
      change(
        advertiserId,
        id,
        sql`done = done + ${createdCreativeIds.length}::int4, rejected = rejected + ${rejected}::int4,
            created_creative_ids = created_creative_ids || ${[...createdCreativeIds]}::uuid[]`,
        runningBy(owner),
      ),
    finish: (advertiserId, id, status, { owner, error } = {}) =>
      change(
        advertiserId,
        id,
        sql`status = ${status}::text::"GenerationStatus", finished_at = ${clock.now()}::timestamptz,
            error_code = ${error?.code ?? null}::text, error_message = ${error?.message ?? null}::text`,
        owner === undefined ? UNFINISHED : runningBy(owner),
      ),
  };
}

const UNFINISHED = sql`status IN ('QUEUED', 'RUNNING')`;

function fromRow(row: Row): GenerationJob {
  const { errorCode, errorMessage, ownerId: _, leaseUntil: __, ...rest } = row;
  const options = row.options as unknown as GenerationOptions;
  return {
    ...rest,
    seed: Number(row.seed),
    // Jobs of before writers could be chosen do not say.
    options: { ...options, writerVersionId: options.writerVersionId ?? null },
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  };
}
