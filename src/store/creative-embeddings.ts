import type { CreativeEmbedding, IndexedCreative } from '../domain/entities/creative-embedding';
import type { CreativeEmbedding as Row } from './generated/client';
import { anyOf, insertion, rows, sql, type Columns, type Db, type Sql } from './sql';

export interface CreativeEmbeddings {
  /**
   * One statement; writes over what there is. Passes over creatives that are gone; returns the ids of those written.
   * Of two rows for one creative in one call the last is kept.
   */
  putMany(embeddings: readonly CreativeEmbedding[]): Promise<string[]>;
  byCreativeIds(advertiserId: string, creativeIds: readonly string[]): Promise<CreativeEmbedding[]>;
  /** The approved creatives after an id, in the order of ids, with what is kept of their texts. */
  approvedAfter(advertiserId: string, after: string | null, limit: number): Promise<IndexedCreative[]>;
  /** Those of these creatives that are approved. */
  approvedByIds(advertiserId: string, creativeIds: readonly string[]): Promise<IndexedCreative[]>;
}

export function creativeEmbeddings(db: Db): CreativeEmbeddings {
  const approved = async (where: Sql, rest: Sql): Promise<IndexedCreative[]> => {
    const found = await rows<IndexedRow>(db, sql`
      SELECT c.id, c.campaign_id, c.headline, c.body, c.clicks, c.conversions, e.model_version_id, e.text_hash, e.vector
      FROM creatives c LEFT JOIN creative_embeddings e ON e.advertiser_id = c.advertiser_id AND e.creative_id = c.id
      WHERE ${where} AND c.status = 'APPROVED' ${rest}`);
    return found.map(({ modelVersionId, textHash, vector, clicks, conversions, ...creative }) => ({
      ...creative,
      clicks: Number(clicks),
      conversions: Number(conversions),
      embedding: modelVersionId === null ? null : { modelVersionId, textHash: textHash!, vector: toFloats(vector!) },
    }));
  };
  return {
    async putMany(embeddings) {
      const items = [...new Map(embeddings.map((embedding) => [embedding.creativeId, embedding])).values()];
      if (items.length === 0) return [];
      // Rows are written in the order of their ids: so two writers of the same creatives never wait for each other.
      items.sort((a, b) => (a.creativeId < b.creativeId ? -1 : 1));
      const written = await rows<{ creativeId: string }>(db, sql`
        ${insertion('creative_embeddings', items, COLUMNS)}
        WHERE EXISTS (SELECT FROM creatives c WHERE c.advertiser_id = given.advertiser_id AND c.id = given.creative_id)
        ON CONFLICT (advertiser_id, creative_id) DO UPDATE SET
          model_version_id = excluded.model_version_id, text_hash = excluded.text_hash, vector = excluded.vector, created_at = excluded.created_at
        RETURNING creative_id`);
      return written.map(({ creativeId }) => creativeId);
    },
    async byCreativeIds(advertiserId, creativeIds) {
      if (creativeIds.length === 0) return [];
      const found = await rows<Row>(db, sql`
        SELECT * FROM creative_embeddings WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('creative_id', 'uuid', creativeIds)}`);
      return found.map((row) => ({ ...row, vector: toFloats(row.vector) }));
    },
    approvedAfter: (advertiserId, after, limit) =>
      approved(sql`c.advertiser_id = ${advertiserId}::uuid ${after === null ? sql`` : sql`AND c.id > ${after}::uuid`}`, sql`ORDER BY c.id LIMIT ${limit}::int4`),
    async approvedByIds(advertiserId, creativeIds) {
      if (creativeIds.length === 0) return [];
      return approved(sql`c.advertiser_id = ${advertiserId}::uuid AND ${anyOf('c.id', 'uuid', creativeIds)}`, sql``);
    },
  };
}

interface IndexedRow extends Pick<IndexedCreative, 'id' | 'campaignId' | 'headline' | 'body'> {
  readonly clicks: bigint;
  readonly conversions: bigint;
  readonly modelVersionId: string | null;
  readonly textHash: string | null;
  readonly vector: Uint8Array | null;
}

/** Bytes travel as hexadecimal text: arrays of bytes are not among what both drivers send alike. */
const COLUMNS: Columns<CreativeEmbedding> = {
  creative_id: ['uuid', (e) => e.creativeId],
  advertiser_id: ['uuid', (e) => e.advertiserId],
  model_version_id: ['uuid', (e) => e.modelVersionId],
  text_hash: ['text', (e) => e.textHash],
  vector: ['bytea', (e) => `\\x${toBytes(e.vector).toString('hex')}`],
  created_at: ['timestamptz', (e) => e.createdAt],
};

function toBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  return bytes;
}

function toFloats(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength >> 2 }, (_, i) => view.getFloat32(i * 4, true));
}
