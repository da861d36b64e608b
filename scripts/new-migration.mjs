// Writes the migration that takes the tables from prisma/migrations to prisma/schema.prisma:
//   npm run build && node scripts/new-migration.mjs add_budget_ledger
// With --check instead of a name it only says whether they differ (exit 1).
// The same as `prisma migrate dev --create-only`, with nothing to download and no server: both sides are compared in memory.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { PGlite } = require('@electric-sql/pglite');
const { embeddedAdapter } = require(path.join(root, 'dist/store/database/embedded-adapter.js'));
const { applyMigrations } = require(path.join(root, 'dist/store/database/migrate.js'));
const { readMigrations } = require(path.join(root, 'dist/store/database/migration-files.js'));
const { openSchemaEngine, schemaDifference } = require(path.join(root, 'dist/store/database/schema-engine.js'));

const name = process.argv[2];
const check = name === '--check';
if (!check && !/^[a-z0-9_]+$/.test(name ?? '')) {
  process.stderr.write('usage: node scripts/new-migration.mjs <name in lower case, digits and underscores> | --check\n');
  process.exit(2);
}
const directory = path.join(root, 'prisma', 'migrations');
const migrations = readMigrations(directory);
const database = new PGlite('memory://');
const adapters = embeddedAdapter(database);
await applyMigrations(adapters, directory, migrations);
const engine = await openSchemaEngine(adapters);
const script = await schemaDifference(engine, path.join(root, 'prisma', 'schema.prisma'));
await database.close();
if (script === '') {
  process.stdout.write('The migrations are what the schema says; nothing to write.\n');
} else if (check) {
  process.stdout.write(`prisma/schema.prisma asks for more than prisma/migrations make:\n${script}`);
  process.exitCode = 1;
} else {
  const time = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const file = path.join(directory, `${time}_${name}`, 'migration.sql');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, script);
  process.stdout.write(`${path.relative(root, file)}\nRead it before you commit it: a dropped column is dropped data.\n`);
}
