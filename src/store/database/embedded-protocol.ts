/** What passes between the program and the thread that the embedded database runs in. */
import type { SqlQuery, SqlResultSet } from '@prisma/driver-adapter-utils';

export interface EmbeddedWorkerData {
  /** Directory of the database cluster itself. */
  readonly directory: string;
  readonly migrationsDirectory: string;
}

/** `transaction` is the id that a `begin` answered; without it the statement stands by itself. */
export type EmbeddedRequest =
  | { readonly op: 'query'; readonly query: SqlQuery; readonly transaction?: number }
  | { readonly op: 'execute'; readonly query: SqlQuery; readonly transaction?: number }
  | { readonly op: 'script'; readonly script: string }
  | { readonly op: 'begin' }
  | { readonly op: 'commit' | 'rollback'; readonly transaction: number }
  | { readonly op: 'close' };

export type EmbeddedReply = SqlResultSet | number | undefined;

/** An error as plain data: class instances do not survive the way between threads. */
export type EmbeddedFailure =
  | { readonly kind: 'driver'; readonly cause: unknown }
  | { readonly kind: 'coded'; readonly code: string; readonly message: string; readonly hint?: string }
  | { readonly kind: 'other'; readonly message: string };

export type EmbeddedMessage =
  /** Sent once, when the database is open and its tables are up to date. */
  | { readonly kind: 'ready'; readonly version: string; readonly migrated: readonly string[] }
  | { readonly kind: 'failed'; readonly error: EmbeddedFailure }
  | { readonly kind: 'reply'; readonly id: number; readonly value: EmbeddedReply }
  | { readonly kind: 'error'; readonly id: number; readonly error: EmbeddedFailure };
