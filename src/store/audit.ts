import type { AuditEntry } from '../domain/entities/audit-entry';
import type { JsonValue } from '../domain/entities/feed-item';
import type { Page, PageRequest } from './page';
import type { AuditEntry as Row } from './generated/client';
import { pageQuery, type SortKeys } from './page-query';
import { all, anyOf, insertion, json, rows, sql, when, type Columns, type Db } from './sql';

export interface AuditFilter {
  readonly entityType?: string;
  readonly entityIds?: readonly string[];
}

export interface Audit {
  append(entries: readonly AuditEntry[]): Promise<void>;
  page(advertiserId: string, filter: AuditFilter, request: PageRequest<'CREATED_AT'>): Promise<Page<AuditEntry>>;
}

export function audit(db: Db): Audit {
  return {
    async append(entries) {
      if (entries.length > 0) await db.$executeRaw(sql`${insertion('audit_entries', entries, COLUMNS)} ON CONFLICT DO NOTHING`);
    },
    async page(advertiserId, filter, request) {
      const page = pageQuery(SORT_KEYS, request, { field: 'CREATED_AT', direction: 'DESC' }, 'a');
      const matching = all(
        sql`a.advertiser_id = ${advertiserId}::uuid`,
        when(filter.entityType, (type) => sql`a.entity_type = ${type}`),
        anyOf('a.entity_id', 'text', filter.entityIds),
      );
      const found = await rows<Row>(db, sql`SELECT a.* FROM audit_entries a WHERE ${matching} AND ${page.where} ${page.orderAndLimit}`);
      return page.toPage(found, (row) => ({ ...row, details: row.details as JsonValue }));
    },
  };
}

const SORT_KEYS: SortKeys<'CREATED_AT', Row> = {
  CREATED_AT: { column: 'created_at', type: 'timestamptz', read: (row) => row.createdAt },
};

const COLUMNS: Columns<AuditEntry> = {
  id: ['uuid', (e) => e.id],
  advertiser_id: ['uuid', (e) => e.advertiserId],
  actor: ['text', (e) => e.actor],
  action: ['text', (e) => e.action],
  entity_type: ['text', (e) => e.entityType],
  entity_id: ['text', (e) => e.entityId],
  details: ['jsonb', (e) => json(e.details)],
  created_at: ['timestamptz', (e) => e.createdAt],
};
