import type { Clock } from '../base/clock';
import type { ModelKind } from '../domain/entities/model-version';
import type { GateReport, TrainingProgress, TrainingRun, TrainingStatus } from '../domain/entities/training-run';
import type { Vertical } from '../domain/entities/campaign';
import type { Prisma, TrainingRun as Row } from './generated/client';
import { heldUntil, LEFT, nobodyIsAt, runningBy, takenBy, waitingIds, type Lease } from './lease';
import type { Page, PageRequest } from './page';
import { pageQuery, type SortKeys } from './page-query';
import { all, anyOf, empty, json, rows, sql, type Db, type Sql } from './sql';

export interface TrainingRunFilter {
  readonly kinds?: readonly ModelKind[];
  readonly verticals?: readonly Vertical[];
  readonly statuses?: readonly TrainingStatus[];
}

/** What a run ends with. */
export interface TrainingEnd {
  /** Ends it only where this attempt has it. */
  readonly owner?: string;
  readonly dataFingerprint?: string;
  readonly report?: GateReport;
  readonly modelVersionId?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface TrainingRuns {
  byIds(advertiserId: string, ids: readonly string[]): Promise<TrainingRun[]>;
  page(advertiserId: string, filter: TrainingRunFilter, request: PageRequest<'CREATED_AT'>): Promise<Page<TrainingRun>>;
  /** The run that made each of these versions; the latest where several came to the same weights. */
  byModelVersionIds(advertiserId: string, modelVersionIds: readonly string[]): Promise<Map<string, TrainingRun>>;
  /** Ids, the oldest first, of up to a thousand that are queued, or running and nobody is at them. */
  waiting(advertiserId: string, now: Date): Promise<string[]>;
  /** Inserts unless a run of the kind and vertical waits or runs already; false then. */
  insertAlone(run: TrainingRun): Promise<boolean>;
  /** RUNNING by this attempt, where it was queued or nobody was at it; of several at once one gets it, the others null. */
  take(advertiserId: string, id: string, lease: Lease): Promise<TrainingRun | null>;
  /** Prolongs the lease; false where the run has ended or another took it up. */
  hold(advertiserId: string, id: string, lease: Lease): Promise<boolean>;
  /** Leaves a running run to whoever takes it up next. */
  leave(advertiserId: string, id: string, owner: string): Promise<void>;
  /** Null where it does not run (any more), or another took it up. */
  progress(advertiserId: string, id: string, owner: string, progress: TrainingProgress, dataFingerprint?: string): Promise<TrainingRun | null>;
  /** Ends a queued or running run; null when it had ended. */
  finish(advertiserId: string, id: string, status: Exclude<TrainingStatus, 'QUEUED' | 'RUNNING'>, end?: TrainingEnd): Promise<TrainingRun | null>;
}

const UNFINISHED: readonly TrainingStatus[] = ['QUEUED', 'RUNNING'];

export function trainingRuns(db: Db, clock: Clock, inTransaction: <T>(work: (tx: Db) => Promise<T>) => Promise<T>): TrainingRuns {
  const change = async (advertiserId: string, id: string, set: Sql, where: Sql): Promise<TrainingRun | null> => {
    const [row] = await rows<Row>(db, sql`
      UPDATE training_runs SET ${set} WHERE advertiser_id = ${advertiserId}::uuid AND id = ${id}::uuid AND ${where} RETURNING *`);
    return row ? fromRow(row) : null;
  };
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM training_runs WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async page(advertiserId, { kinds, verticals, statuses }, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 't');
      const matching = all(
        sql`t.advertiser_id = ${advertiserId}::uuid`,
        anyOf('t.kind', '"ModelKind"', kinds),
        anyOf('t.vertical', '"Vertical"', verticals),
        anyOf('t.status', '"TrainingStatus"', statuses),
      );
      const found = await rows<Row>(db, sql`SELECT t.* FROM training_runs t WHERE ${matching} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, fromRow);
    },
    async byModelVersionIds(advertiserId, modelVersionIds) {
      if (modelVersionIds.length === 0) return new Map();
      const found = await rows<Row>(db, sql`
        SELECT * FROM training_runs WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('model_version_id', 'uuid', modelVersionIds)}
        ORDER BY created_at, id`);
      return new Map(found.map(fromRow).map((run) => [run.modelVersionId!, run]));
    },
    waiting: (advertiserId, now) => waitingIds(db, 'training_runs', advertiserId, now),
    insertAlone: (run) =>
      inTransaction(async (tx) => {
        const { advertiserId, kind, vertical } = run;
        // Two requests at once would each miss the other's row.
        await tx.$queryRaw(sql`SELECT count(pg_advisory_xact_lock(hashtextextended(${`training ${advertiserId} ${kind} ${vertical}`}, 0)))`);
        const other = await tx.trainingRun.findFirst({ where: { advertiserId, kind, vertical, status: { in: [...UNFINISHED] } } });
        if (other) return false;
        await tx.trainingRun.create({ data: toRow(run) });
        return true;
      }),
    take: (advertiserId, id, lease) => change(advertiserId, id, takenBy(lease), nobodyIsAt(lease.now)),
    hold: async (advertiserId, id, { owner, until }) => (await change(advertiserId, id, heldUntil(until), runningBy(owner))) !== null,
    leave: async (advertiserId, id, owner) => void (await change(advertiserId, id, LEFT, runningBy(owner))),
    progress: (advertiserId, id, owner, progress, dataFingerprint) =>
      change(advertiserId, id, sql`progress = ${json(progress)}::jsonb${dataFingerprint === undefined ? empty : sql`, data_fingerprint = ${dataFingerprint}::text`}`, runningBy(owner)),
    finish: (advertiserId, id, status, { owner, report, dataFingerprint, modelVersionId, error } = {}) =>
      change(
        advertiserId,
        id,
        sql`status = ${status}::text::"TrainingStatus", finished_at = ${clock.now()}::timestamptz, report = ${report ? json(report) : null}::jsonb,
            model_version_id = ${modelVersionId ?? null}::uuid, data_fingerprint = coalesce(${dataFingerprint ?? null}::text, data_fingerprint), error_code = ${error?.code ?? null}::text, error_message = ${error?.message ?? null}::text`,
        owner === undefined ? anyOf('status', '"TrainingStatus"', UNFINISHED)! : runningBy(owner),
      ),
  };
}

const SORT_KEYS: SortKeys<'CREATED_AT', Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
};

function toRow({ error, report, ...run }: TrainingRun): Prisma.TrainingRunUncheckedCreateInput {
  return {
    ...run,
    seed: BigInt(run.seed),
    settings: { ...run.settings },
    progress: { ...run.progress },
    ...(report ? { report: JSON.parse(json(report)) as Prisma.InputJsonValue } : {}),
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
  };
}

function fromRow(row: Row): TrainingRun {
  const { errorCode, errorMessage, ownerId: _, leaseUntil: __, ...rest } = row;
  return {
    ...rest,
    seed: Number(row.seed),
    settings: row.settings as TrainingRun['settings'],
    progress: row.progress as unknown as TrainingProgress,
    report: row.report as unknown as GateReport | null,
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  };
}
