import type { Experiment, ExperimentArm, ExperimentStatus } from '../domain/entities/experiment';
import type { Experiment as Row } from './generated/client';
import type { Page, PageRequest } from './page';
import { pageQuery, type SortKeys } from './page-query';
import { all, anyOf, json, rows, sql, when, type Db, type Sql } from './sql';

export interface ExperimentFilter {
  readonly statuses?: readonly ExperimentStatus[];
}

/** An experiment whose time is over has ended, whether or not somebody said so. */
const statusAt = (at: Date): Sql => sql`CASE WHEN e.ends_at <= ${at}::timestamptz THEN 'ENDED' ELSE e.status::text END`;

export interface Experiments {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Experiment[]>;
  /** @param at the moment whose statuses are meant */
  page(advertiserId: string, filter: ExperimentFilter, request: PageRequest<'CREATED_AT'>, at: Date): Promise<Page<Experiment>>;
  /** RUNNING, begun and not over at this moment; oldest first. At most one of them speaks of any placement and campaign. */
  runningExperiments(advertiserId: string, at: Date): Promise<Experiment[]>;
  /**
   * Inserts it unless one that runs speaks of the same placement and campaign at the same time; that one is returned, and null where the
   * row was made. Inside a transaction alone: it holds the advertiser's row, so that of two at once the second sees the first.
   */
  insertUnlessOverlapping(experiment: Experiment): Promise<Experiment | null>;
  /** RUNNING -> ENDED at this moment; null when there is no such row in that version that runs. */
  end(advertiserId: string, id: string, expectedVersion: number, at: Date): Promise<Experiment | null>;
}

export function experiments(db: Db): Experiments {
  const select = async (where: Sql): Promise<Experiment[]> => (await rows<Row>(db, sql`SELECT e.* FROM experiments e WHERE ${where} ORDER BY e.created_at, e.id`)).map(fromRow);
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      return select(all(sql`e.advertiser_id = ${advertiserId}::uuid`, anyOf('e.id', 'uuid', ids)));
    },
    async page(advertiserId, filter, request, at) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'e');
      const matching = all(sql`e.advertiser_id = ${advertiserId}::uuid`, when(filter.statuses, (statuses) => sql`${statusAt(at)} = ANY(${[...statuses]}::text[])`));
      const found = await rows<Row>(db, sql`SELECT e.* FROM experiments e WHERE ${matching} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, fromRow);
    },
    runningExperiments: (advertiserId, at) =>
      select(sql`e.advertiser_id = ${advertiserId}::uuid AND e.status = 'RUNNING' AND e.starts_at <= ${at}::timestamptz AND (e.ends_at IS NULL OR e.ends_at > ${at}::timestamptz)`),
    async insertUnlessOverlapping(experiment) {
      const { advertiserId, placement, campaignIds, startsAt, endsAt } = experiment;
      await rows(db, sql`SELECT id FROM advertisers WHERE id = ${advertiserId}::uuid FOR NO KEY UPDATE`);
      const [other] = await select(sql`
        e.advertiser_id = ${advertiserId}::uuid AND e.status = 'RUNNING'
        AND (e.placement IS NULL OR ${placement}::text IS NULL OR e.placement = ${placement}::text)
        AND (e.campaign_ids = '{}' OR ${[...campaignIds]}::uuid[] = '{}' OR e.campaign_ids && ${[...campaignIds]}::uuid[])
        AND (e.ends_at IS NULL OR e.ends_at > ${startsAt}::timestamptz)
        AND (${endsAt}::timestamptz IS NULL OR e.starts_at < ${endsAt}::timestamptz)`);
      if (other) return other;
      await db.$executeRaw(sql`
        INSERT INTO experiments (id, advertiser_id, name, status, placement, campaign_ids, arms, holdout, starts_at, ends_at, version, created_at, updated_at)
        VALUES (${experiment.id}::uuid, ${advertiserId}::uuid, ${experiment.name}, ${experiment.status}::text::"ExperimentStatus", ${placement}::text,
          ${[...campaignIds]}::uuid[], ${json(experiment.arms)}::jsonb, ${experiment.holdout}::float8, ${startsAt}::timestamptz, ${endsAt}::timestamptz,
          ${experiment.version}::int4, ${experiment.createdAt}::timestamptz, ${experiment.updatedAt}::timestamptz)`);
      return null;
    },
    async end(advertiserId, id, expectedVersion, at) {
      const [row] = await rows<Row>(db, sql`
        UPDATE experiments SET status = 'ENDED', ends_at = least(ends_at, ${at}::timestamptz), version = version + 1, updated_at = ${at}::timestamptz
        WHERE advertiser_id = ${advertiserId}::uuid AND id = ${id}::uuid AND version = ${expectedVersion}::int4 AND status = 'RUNNING' RETURNING *`);
      return row ? fromRow(row) : null;
    },
  };
}

const SORT_KEYS: SortKeys<'CREATED_AT', Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
};

function fromRow(row: Row): Experiment {
  return { ...row, status: row.status as ExperimentStatus, arms: row.arms as unknown as ExperimentArm[] };
}
