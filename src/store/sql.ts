/** Small tools for statements written by hand. Values always travel as parameters; only constants of this folder become SQL text. */
import { bug } from '../base/errors';
import { Prisma } from './generated/client';

export type Sql = Prisma.Sql;
export const { sql, join, empty, raw } = Prisma;

/** What the queries run on: the client, or one transaction of it. */
export type Db = Prisma.TransactionClient;

/** Rows with their columns named as the program names them: `created_at` -> `createdAt`. */
export async function rows<T>(db: Db, query: Sql): Promise<T[]> {
  const found = await db.$queryRaw<Record<string, unknown>[]>(query);
  if (found.length === 0) return [];
  const names = Object.keys(found[0]!).map((name) => [name, camel(name)] as const);
  return found.map((row) => {
    const renamed: Record<string, unknown> = {};
    for (const [from, to] of names) renamed[to] = row[from];
    return renamed as T;
  });
}

const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** All of the conditions that are there; true when none is. */
export function all(...conditions: readonly (Sql | undefined)[]): Sql {
  const present = conditions.filter((condition) => condition !== undefined);
  return present.length === 0 ? sql`TRUE` : join(present, ' AND ');
}

export function when<V>(value: V | undefined | null, condition: (value: V) => Sql): Sql | undefined {
  return value === undefined || value === null ? undefined : condition(value);
}

/** `column` (a constant) is one of the values; an empty list matches nothing. */
export function anyOf(column: string, type: 'uuid' | 'text' | `"${string}"`, values: readonly string[] | undefined): Sql | undefined {
  if (values === undefined) return undefined;
  const list = type.startsWith('"') ? sql`${[...values]}::text[]::${raw(type)}[]` : sql`${[...values]}::${raw(type)}[]`;
  return sql`${raw(column)} = ANY(${list})`;
}

/** Any part of the column, any case, `%` and `_` meaning themselves. */
export function contains(column: string, text: string): Sql {
  return sql`${raw(column)} ILIKE ${`%${text.replace(/[\\%_]/g, '\\$&')}%`}`;
}

/** An amount (a constant expression) as a whole number of 64 bits; what is larger stays at the largest. */
export const amount = (expression: string): Sql => raw(`least(${expression}, 9223372036854775807)::int8`);

type Value = string | number | bigint | boolean | Date | null | undefined;
type Type = 'uuid' | 'text' | 'bytea' | 'int4' | 'int8' | 'float8' | 'bool' | 'timestamptz' | 'jsonb' | 'char' | `"${string}"`;

/** Column -> its type and where its value comes from; `"..."` is an enum of the schema. */
export type Columns<T> = Readonly<Record<string, readonly [type: Type, read: (item: T) => Value]>>;

/** Items as a table inside a statement, one array per column: however many there are, the statement stays the same. */
export function table<T>(alias: string, items: readonly T[], columns: Columns<T>): Sql {
  const arrays = Object.entries(columns).map(([name, [type, read]]) => {
    const values = items.map((item) => parameter(read(item), name));
    const through = type.startsWith('"') || type === 'char' || type === 'bytea' ? sql`${values}::text[]::` : sql`${values}::`;
    return sql`${through}${raw(type === 'char' ? 'bpchar' : type)}[]`;
  });
  return sql`unnest(${join(arrays)}) AS ${raw(alias)}(${names(columns)})`;
}

export function names(columns: Columns<never>, prefix = ''): Sql {
  return raw(Object.keys(columns).map((name) => `${prefix}${name}`).join(', '));
}

/** `INSERT INTO target (...) SELECT ... FROM` the items; the caller adds what follows. */
export function insertion<T>(target: string, items: readonly T[], columns: Columns<T>): Sql {
  return sql`INSERT INTO ${raw(target)} (${names(columns)}) SELECT ${names(columns)} FROM ${table('given', items, columns)}`;
}

function parameter(value: Value, column: string): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  // A number that is none would be stored as NULL or NaN and be found much later.
  if (typeof value === 'number' && !Number.isFinite(value)) throw bug(`The store was given ${value} for ${column}.`);
  return value;
}

/** JSON text for a jsonb column; integers beyond 2^53 must have been made text by the caller. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}
