import { buildSchema, findBreakingChanges, lexicographicSortSchema, printSchema } from 'graphql';
import { adloomSchema } from './schema';

/** The schema as text, types and fields in alphabetical order: what `schema/schema.graphql` holds. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(adloomSchema()))}\n`;
}

/** What clients of `before` would miss in the schema of today, one line each; empty when they need not change. */
export function breakingChanges(before: string): string[] {
  return findBreakingChanges(buildSchema(before), adloomSchema()).map((change) => change.description);
}
