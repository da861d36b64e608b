import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { StoreDescription } from '../store';

/** An open database whose tables are up to date: what the queries need to know of it, whichever it is. */
export interface Database {
  readonly description: StoreDescription;
  readonly adapters: SqlMigrationAwareDriverAdapterFactory;
  close(): Promise<void>;
}
