import type { Decision, DecisionCandidate } from '../domain/entities/decision';
import type { Decision as Row } from './generated/client';
import { anyOf, insertion, json, rows, sql, type Columns, type Db } from './sql';

export interface Decisions {
  byIds(advertiserId: string, ids: readonly string[]): Promise<Decision[]>;
  append(decisions: readonly Decision[]): Promise<string[]>;
}

export function decisions(db: Db): Decisions {
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM decisions WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async append(items) {
      if (items.length === 0) return [];
      const stored = await rows<{ id: string }>(db, sql`${insertion('decisions', items, COLUMNS)} ON CONFLICT DO NOTHING RETURNING id`);
      return stored.map(({ id }) => id);
    },
  };
}

const COLUMNS: Columns<Decision> = {
  id: ['uuid', (d) => d.id],
  advertiser_id: ['uuid', (d) => d.advertiserId],
  campaign_id: ['uuid', (d) => d.campaignId],
  creative_id: ['uuid', (d) => d.creativeId],
  profile_id: ['uuid', (d) => d.profileId],
  placement: ['text', (d) => d.placement],
  policy: ['text', (d) => d.policy],
  propensity: ['float8', (d) => d.propensity],
  experiment_arm: ['text', (d) => d.experimentArm],
  candidates: ['jsonb', (d) => json(d.candidates.map((each) => ({ ...each, expectedValueMicros: each.expectedValueMicros.toString() })))],
  created_at: ['timestamptz', (d) => d.createdAt],
};

function fromRow(row: Row): Decision {
  const candidates = row.candidates as unknown as (Omit<DecisionCandidate, 'expectedValueMicros'> & { expectedValueMicros: string })[];
  return { ...row, candidates: candidates.map((each) => ({ ...each, expectedValueMicros: BigInt(each.expectedValueMicros) })) };
}
