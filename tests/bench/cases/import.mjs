// Streaming import of headline tests: 500 tests of 4 arms each, then the same file again, which changes nothing.
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { headlineTests } from '../data.mjs';
import { product } from '../platform.mjs';
import { round } from '../measure.mjs';

export async function run({ deps }) {
  const { importUpworthy } = product('modules/imports/import-upworthy');
  const directory = mkdtempSync(path.join(tmpdir(), 'adloom-bench-import-'));
  const file = path.join(directory, 'tests.csv');
  writeFileSync(file, headlineTests(500, 4));
  const time = async () => {
    const start = performance.now();
    await importUpworthy(deps, { source: createReadStream(file), format: 'csv', rejectsPath: path.join(directory, 'rejects.csv') });
    return performance.now() - start;
  };
  try {
    const [first, again] = [await time(), await time()];
    return [
      { name: 'import 2,000 arms of headline tests', value: round(2000 / (first / 1000), 0), unit: 'rows/s' },
      { name: 'import the same file again', value: round(2000 / (again / 1000), 0), unit: 'rows/s' },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
