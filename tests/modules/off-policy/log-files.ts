import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOpe, type OpeArguments, type OpeReport } from '../../../src/modules/off-policy/ope-verb';

/** Files of a test, gone after it. */
export function logFiles(): { file: (name: string, lines: readonly string[]) => string; folder: () => string } {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'adloom-ope-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder: () => folder,
    file(name, lines) {
      const full = path.join(folder, name);
      writeFileSync(full, lines.map((each) => `${each}\n`).join(''));
      return full;
    },
  };
}

export function ope(file: string, policy: string, more: Partial<OpeArguments> = {}): Promise<OpeReport> {
  return runOpe({ file, policy, map: {}, context: null, perPosition: false, replicates: 100, seed: 1, ...more });
}
