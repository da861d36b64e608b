import type { Clock } from '../base/clock';
import type { Vertical } from '../domain/entities/campaign';
import type { ModelKind, ModelStage, ModelVersion } from '../domain/entities/model-version';
import type { ModelVersion as Row, Prisma } from './generated/client';
import { anyOf, rows, sql, type Db } from './sql';

export interface ModelVersionFilter {
  readonly kinds?: readonly ModelKind[];
  readonly stages?: readonly ModelStage[];
}

export interface ModelVersions {
  byIds(advertiserId: string, ids: readonly string[]): Promise<ModelVersion[]>;
  /** Newest first. */
  list(advertiserId: string, filter: ModelVersionFilter): Promise<ModelVersion[]>;
  /** Of exactly this vertical; null is the one for every vertical that has none of its own. */
  live(advertiserId: string, kind: ModelKind, vertical: Vertical | null): Promise<ModelVersion | null>;
  /** Finds the version with the same kind and content, or makes it; an existing row keeps its stage and gets the new directory, name and metrics. */
  register(version: ModelVersion): Promise<ModelVersion>;
  /** Until the transaction ends nobody else changes a stage: what is read after it stands. Inside a transaction alone. */
  holdStages(advertiserId: string): Promise<void>;
  /**
   * Of a kind and vertical one is LIVE and one SHADOW at most: making another LIVE retires the one that was, making another SHADOW
   * makes the one that was a CANDIDATE again. Null when there is no such version.
   */
  setStage(advertiserId: string, id: string, stage: ModelStage): Promise<ModelVersion | null>;
}

/** @param inTransaction runs several statements as one; inside a transaction, just runs them */
export function modelVersions(db: Db, clock: Clock, inTransaction: <T>(work: (tx: Db) => Promise<T>) => Promise<T>): ModelVersions {
  // Two promotions at once would each miss the other's: the rows of the advertiser's models are changed by one at a time. Their keys stay:
  // who adds a row that names one does not wait.
  const hold = async (tx: Db, advertiserId: string): Promise<void> =>
    void (await tx.$queryRaw(sql`SELECT id FROM model_versions WHERE advertiser_id = ${advertiserId}::uuid ORDER BY id FOR NO KEY UPDATE`));
  return {
    async byIds(advertiserId, ids) {
      if (ids.length === 0) return [];
      const found = await rows<Row>(db, sql`SELECT * FROM model_versions WHERE advertiser_id = ${advertiserId}::uuid AND ${anyOf('id', 'uuid', ids)}`);
      return found.map(fromRow);
    },
    async list(advertiserId, { kinds, stages }) {
      const found = await db.modelVersion.findMany({
        where: { advertiserId, ...(kinds ? { kind: { in: [...kinds] } } : {}), ...(stages ? { stage: { in: [...stages] } } : {}) },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      return found.map(fromRow);
    },
    async live(advertiserId, kind, vertical) {
      const found = await db.modelVersion.findFirst({ where: { advertiserId, kind, vertical, stage: 'LIVE' }, orderBy: { updatedAt: 'desc' } });
      return found && fromRow(found);
    },
    async register(version) {
      const { advertiserId, kind, contentHash } = version;
      const described = { name: version.name, directory: version.directory, metrics: { ...version.metrics }, updatedAt: version.updatedAt };
      const found = await db.modelVersion.upsert({
        where: { advertiserId_kind_contentHash: { advertiserId, kind, contentHash } },
        create: { ...toRow(version), ...described },
        update: described,
      });
      return fromRow(found);
    },
    holdStages: (advertiserId) => hold(db, advertiserId),
    async setStage(advertiserId, id, stage) {
      return inTransaction(async (tx) => {
        await hold(tx, advertiserId);
        const version = await tx.modelVersion.findUnique({ where: { advertiserId_id: { advertiserId, id } } });
        if (!version) return null;
        const updatedAt = clock.now();
        if (stage === 'LIVE' || stage === 'SHADOW') {
          await tx.modelVersion.updateMany({
            where: { advertiserId, kind: version.kind, vertical: version.vertical, stage, id: { not: id } },
            data: { stage: stage === 'LIVE' ? 'RETIRED' : 'CANDIDATE', updatedAt },
          });
        }
        return fromRow(await tx.modelVersion.update({ where: { advertiserId_id: { advertiserId, id } }, data: { stage, updatedAt } }));
      });
    },
  };
}

function toRow(version: ModelVersion): Prisma.ModelVersionUncheckedCreateInput {
  return { ...version, parameters: BigInt(version.parameters), metrics: { ...version.metrics } };
}

function fromRow(row: Row): ModelVersion {
  return { ...row, parameters: Number(row.parameters), metrics: row.metrics as Record<string, number> };
}
