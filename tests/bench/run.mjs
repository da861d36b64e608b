// npm run bench [-- name ...] [--json]: times the product's paths in one run and keeps the figures in results/.
// Every row is a median over repetitions on this machine; rows that compare time both sides in turn.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPlatform } from './platform.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const ALL = ['rank', 'decide', 'explain', 'concurrency', 'generate', 'events', 'import', 'lora'];
/** Those that take long run only when they are asked for. */
const LONG = ['retrieve', 'soak', 'decode', 'gpu', 'precision', 'swap'];
const asked = process.argv.slice(2).filter((a) => !a.startsWith('--'));
const unknown = asked.filter((name) => ![...ALL, ...LONG].includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are ${[...ALL, ...LONG].join(', ')}.`);
  process.exit(2);
}
const json = process.argv.includes('--json');
// Who asks for ranking asks for all that it promises: its speed, in fewer bits too, and what it does under load.
const names = asked.length > 0 ? [...new Set(asked.flatMap((name) => (name === 'rank' ? ['rank', 'precision', 'concurrency'] : [name])))] : ALL;

const directory = mkdtempSync(path.join(tmpdir(), 'adloom-bench-'));
const platform = await openPlatform(directory);
const rows = [];
try {
  for (const name of names) {
    const { run } = await import(`./cases/${name}.mjs`);
    for (const row of await run(platform)) {
      rows.push(row);
      if (!json) console.log(`${row.name.padEnd(58)} ${String(row.value).padStart(12)} ${row.unit}${row.note ? `   (${row.note})` : ''}`);
    }
  }
} finally {
  await platform.close();
  rmSync(directory, { recursive: true, force: true });
}

const { version } = JSON.parse(readFileSync(path.join(here, '..', '..', 'package.json'), 'utf8'));
const result = { at: new Date().toISOString(), version, node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model, models: platform.models, rows };
if (json) console.log(JSON.stringify(result));
mkdirSync(path.join(here, 'results'), { recursive: true });
writeFileSync(path.join(here, 'results', `${result.at.slice(0, 10)}-${names.join('-')}.json`), `${JSON.stringify(result, null, 2)}\n`);
