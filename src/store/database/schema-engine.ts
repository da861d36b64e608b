import { readFileSync } from 'node:fs';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg' with { 'resolution-mode': 'import' };
import type { MigrationFile } from './migration-files';

/** Node has it; the types of Node 20 do not name it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: { __wbindgen_start(): void } };
};

type Glue = typeof import('@prisma/schema-engine-wasm/schema_engine_bg', { with: { 'resolution-mode': 'import' } });
let loaded: Promise<Glue> | undefined;

/**
 * Prisma's schema engine as WebAssembly: the same engine that `prisma migrate` downloads, with nothing to download.
 * Only for worker threads and scripts: the import is native.
 */
export async function openSchemaEngine(adapters: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine> {
  // Once per thread: the glue keeps views of one instance's memory.
  const { SchemaEngine: Engine } = await (loaded ??= load());
  // The engine logs each step; what matters of it comes back as results and errors.
  const drop = (): void => {};
  return Engine.new({ datamodels: undefined }, drop, bindMigrationAwareSqlAdapterFactory(adapters));
}

/** The package loads its module by an import that Node does not take, so it is put together by hand. */
async function load(): Promise<Glue> {
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const module = new WebAssembly.Module(readFileSync(path.join(path.dirname(entry), 'schema_engine_bg.wasm')));
  const { exports } = new WebAssembly.Instance(module, { './schema_engine_bg.js': glue });
  // Where the engine reports a fault of its own; without it the report itself fails, and hides the fault.
  (globalThis as { PRISMA_WASM_PANIC_REGISTRY?: unknown }).PRISMA_WASM_PANIC_REGISTRY ??= { set_message() {} };
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return glue;
}

export function migrationList(directory: string, migrations: readonly MigrationFile[]): MigrationList {
  return {
    baseDir: directory,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
    })),
  };
}

/** SQL that takes the tables of the connected database to what the schema says; empty when they are that already. */
export async function schemaDifference(engine: SchemaEngine, schemaFile: string): Promise<string> {
  const files = [{ path: path.basename(schemaFile), content: readFileSync(schemaFile, 'utf8') }];
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: path.dirname(schemaFile) },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  const script = stdout ?? '';
  // An empty difference comes as a comment that says so.
  return script.replace(/^\s*--.*$/gm, '').trim() === '' ? '' : script;
}
