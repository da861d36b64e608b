import { badInput, bug } from '../base/errors';
import { isUuid } from '../base/ids';
import type { Direction, Page, PageRequest, Sort } from './page';
import { raw, sql, type Sql } from './sql';

/** What a list may be sorted by: a column that is never null, and how a row's value of it goes into a cursor and back. */
export interface SortKey<Row> {
  readonly column: string;
  readonly type: 'timestamptz' | 'text' | 'float8' | 'int8' | 'int4';
  read(row: Row): Date | string | number | bigint;
}

export type SortKeys<Field extends string, Row> = Readonly<Record<Field, SortKey<Row>>>;

export interface PageQuery<Row> {
  /** Rows after the cursor; true without one. */
  readonly where: Sql;
  /** `ORDER BY ...` and the limit, with one row more than asked for. */
  readonly orderAndLimit: Sql;
  /** The order alone, for use outside: `column DESC, id DESC`, on columns of `alias`. */
  order(alias: string): Sql;
  toPage<T>(rows: readonly Row[], toNode: (row: Row) => T): Page<T>;
}

const MOST = 1_000;

/**
 * The SQL of one page. Row comparison `(key, id) < (k, i)` lets an index on both columns start right at the cursor.
 * @param alias of the table whose columns are meant
 */
export function pageQuery<Field extends string, Row extends { id: string }>(
  keys: SortKeys<Field, Row>,
  request: PageRequest<Field>,
  fallback: Sort<NoInfer<Field>>,
  alias: string,
): PageQuery<Row> {
  const { first } = request;
  if (!Number.isSafeInteger(first) || first < 1 || first > MOST) throw bug(`A page of ${first} rows was asked of the store; 1 to ${MOST} are allowed.`);
  const { field, direction } = request.sort ?? fallback;
  const key = keys[field];
  const order = (table: string): Sql => raw(`${table}.${key.column} ${direction}, ${table}.id ${direction}`);
  const after = request.after == null ? null : decode(request.after, field, direction, READABLE[key.type]);
  return {
    where: after
      ? sql`(${raw(`${alias}.${key.column}`)}, ${raw(`${alias}.id`)}) ${raw(direction === 'ASC' ? '>' : '<')} (${after.value}::${raw(key.type)}, ${after.id}::uuid)`
      : sql`TRUE`,
    orderAndLimit: sql`ORDER BY ${order(alias)} LIMIT ${first + 1}::int4`,
    order,
    toPage(rows, toNode) {
      const edges = rows.slice(0, first).map((row) => ({ node: toNode(row), cursor: encode(field, direction, key.read(row), row.id) }));
      return { edges, hasNextPage: rows.length > first };
    },
  };
}

/** The sort is part of the cursor: used under another sort it would silently skip and repeat rows. */
function encode(field: string, direction: Direction, value: Date | string | number | bigint, id: string): string {
  const text = value instanceof Date ? value.toISOString() : String(value);
  return Buffer.from(JSON.stringify([field, direction, text, id])).toString('base64url');
}

/** A cursor that was tampered with is refused here, not by the database: only what `encode` writes is read. */
const READABLE: Readonly<Record<SortKey<never>['type'], (text: string) => boolean>> = {
  timestamptz: (text) => /^\d{4}-/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text,
  text: (text) => !/[\0\p{Surrogate}]/u.test(text),
  float8: (text) => Number.isFinite(Number(text)) && String(Number(text)) === text,
  int8: (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
  int4: (text) => /^-?\d{1,9}$/.test(text),
};

function decode(cursor: string, field: string, direction: Direction, readable: (text: string) => boolean): { value: string; id: string } {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    parts = null;
  }
  const [inField, inDirection, value, id] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (typeof value !== 'string' || typeof id !== 'string' || !isUuid(id)) {
    throw badInput('after', 'The cursor is not one of this list.', 'Give the cursor of an edge as it came, or none to start from the beginning.');
  }
  if (inField === field && inDirection === direction && !readable(value)) throw badInput('after', 'The cursor was changed on its way.', 'Give the cursor of an edge as it came.');
  if (inField !== field || inDirection !== direction) {
    throw badInput('after', `The cursor belongs to a list sorted by ${String(inField)} ${String(inDirection)}, not ${field} ${direction}.`, 'Keep the sort while you page, or start from the beginning.');
  }
  return { value, id };
}
