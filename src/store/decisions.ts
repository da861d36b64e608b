import type { Decision, DecisionCandidate, PassedOver } from '../domain/entities/decision';
import type { Decision as Row } from './generated/client';
import { anyOf, join, json, names, raw, rows, sql, table, type Columns, type Db } from './sql';

export interface Decisions {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Decision[]>;
  /** Of those requests, in the order of placements and slots as they were chosen. */
  byRequestIds(advertiserId: string, requestIds: readonly string[]): Promise<Decision[]>;
  append(decisions: readonly Decision[]): Promise<string[]>;
}

export function decisions(db: Db): Decisions {
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM decisions WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async byRequestIds(advertiserId, requestIds) {
      if (requestIds.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM decisions WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('request_id', 'uuid', requestIds)} ORDER BY id`);
      return found.map(fromRow);
    },
    async append(items) {
      if (items.length === 0) return [];
      const stored = await rows<{ id: string }>(db, sql`
        INSERT INTO decisions (${names(COLUMNS)}) SELECT ${VALUES} FROM ${table('given', items, COLUMNS)} ON CONFLICT DO NOTHING RETURNING id`);
      return stored.map(({ id }) => id);
    },
  };
}

const COLUMNS: Columns<Decision> = {
  id: ['uuid', (d) => d.id],
  advertiser_id: ['uuid', (d) => d.advertiserId],
  request_id: ['uuid', (d) => d.requestId],
  campaign_id: ['uuid', (d) => d.campaignId],
  creative_id: ['uuid', (d) => d.creativeId],
  profile_id: ['uuid', (d) => d.profileId],
  placement: ['text', (d) => d.placement],
  slot: ['int4', (d) => d.slot],
  vertical: ['"Vertical"', (d) => d.vertical],
  segments: ['jsonb', (d) => json(d.segments)],
  personalised: ['bool', (d) => d.personalised],
  policy: ['text', (d) => d.policy],
  propensity: ['float8', (d) => d.propensity],
  p_click: ['float8', (d) => d.pClick],
  model_version_id: ['uuid', (d) => d.modelVersionId],
  shadow_model_version_id: ['uuid', (d) => d.shadowModelVersionId],
  experiment_id: ['uuid', (d) => d.experimentId],
  experiment_arm: ['text', (d) => d.experimentArm],
  candidates: ['jsonb', (d) => json(d.candidates.map((each) => ({ ...each, expectedValueMicros: each.expectedValueMicros.toString() })))],
  passed_over: ['jsonb', (d) => json(d.passedOver)],
  currency: ['text', (d) => d.currency],
  cost_micros: ['int8', (d) => d.costMicros],
  reserved_micros: ['int8', (d) => d.reservedMicros],
  expires_at: ['timestamptz', (d) => d.expiresAt],
  held_until: ['timestamptz', (d) => (d.reservedMicros > 0n ? d.expiresAt : null)],
  impression_at: ['timestamptz', (d) => d.impressionAt],
  click_at: ['timestamptz', (d) => d.clickAt],
  created_at: ['timestamptz', (d) => d.createdAt],
};
/** Arrays of arrays must be square in PostgreSQL: segments travel as JSON. */
const VALUES = join(Object.keys(COLUMNS).map((column) => (column === 'segments' ? sql`ARRAY(SELECT jsonb_array_elements_text(given.segments))` : raw(`given.${column}`))));

function fromRow({ heldUntil: _, ...row }: Row): Decision {
  const candidates = row.candidates as unknown as (Omit<DecisionCandidate, 'expectedValueMicros'> & { expectedValueMicros: string })[];
  return {
    ...row,
    candidates: candidates.map((each) => ({ ...each, expectedValueMicros: BigInt(each.expectedValueMicros) })),
    passedOver: row.passedOver as unknown as PassedOver[],
  };
}
