import path from 'node:path';
import type { Command } from 'commander';
import { loadConfig, type Config } from '../config';

/** Where the data is: shared by the verbs that open the database. */
export interface StoreOptions {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
}

export function withStoreOptions(command: Command): Command {
  return command
    .option('--data-dir <directory>', 'directory of the embedded database (ADLOOM_DATA_DIR, else .data)')
    .option('--database-url <url>', 'PostgreSQL to use instead (DATABASE_URL)');
}

/** The environment's configuration with the command's options over it. */
export function configOf(options: StoreOptions, more: Partial<Config> = {}): Config {
  return loadConfig(undefined, {
    ...more,
    ...(options.dataDir === undefined ? {} : { dataDir: path.resolve(options.dataDir) }),
    ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
  });
}
