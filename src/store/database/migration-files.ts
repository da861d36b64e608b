import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { AdloomError, messageOf } from '../../base/errors';

/** One directory of `prisma/migrations`. */
export interface MigrationFile {
  readonly name: string;
  readonly script: string;
  /** SHA-256 of the script, as Prisma keeps it. */
  readonly checksum: string;
}

/** The repository's own, from `src` and from `dist` alike. */
export const MIGRATIONS_DIRECTORY = path.resolve(__dirname, '..', '..', '..', 'prisma', 'migrations');

/** In the order in which they apply: names start with their time. */
export function readMigrations(directory: string): MigrationFile[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .toSorted()
      .map((name) => {
        const bytes = readFileSync(path.join(directory, name, 'migration.sql'));
        return { name, script: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
      });
  } catch (error) {
    throw new AdloomError('CONFIG_INVALID', `The migrations in ${directory} cannot be read: ${messageOf(error)}.`, {
      hint: 'Restore prisma/migrations from the repository.',
      cause: error,
    });
  }
}
