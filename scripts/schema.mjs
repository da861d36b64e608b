// The committed schema against the one the program has. `--write` renews the file, but not over a breaking change:
// that takes `--allow-breaking`, and a reason in the commit.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from './setup.mjs';

const file = path.join(root, 'schema', 'schema.graphql');

/** @returns {{ ok: boolean, message: string }} */
export function checkSchema({ write = false, allowBreaking = false } = {}) {
  const { breakingChanges, schemaText } = createRequire(import.meta.url)(path.join(root, 'dist', 'graphql', 'emit-schema.js'));
  const now = schemaText();
  const before = existsSync(file) ? readFileSync(file, 'utf8') : null;
  if (before === now) return { ok: true, message: 'schema/schema.graphql is as the program has it' };
  const breaking = before === null ? [] : breakingChanges(before);
  if (breaking.length > 0 && !allowBreaking) {
    return { ok: false, message: `the schema breaks clients:\n  ${breaking.join('\n  ')}\nDeprecate instead, or accept it: node scripts/schema.mjs --write --allow-breaking` };
  }
  if (!write) return { ok: false, message: 'schema/schema.graphql is not as the program has it. Renew it: node scripts/schema.mjs --write' };
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, now);
  return { ok: true, message: 'schema/schema.graphql written' };
}

if (process.argv[1] && path.resolve(process.argv[1]) === path.join(root, 'scripts', 'schema.mjs')) {
  const result = checkSchema({ write: process.argv.includes('--write'), allowBreaking: process.argv.includes('--allow-breaking') });
  process.stdout.write(`${result.message}\n`);
  process.exitCode = result.ok ? 0 : 1;
}
