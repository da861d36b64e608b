import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'adloom-interrupt-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program as people run it; needs the compiled files, which the set-up makes. */
test('Ctrl-C ends an evaluation that computes for minutes', async () => {
  const log = path.join(folder, 'log.csv');
  writeFileSync(log, ['action,reward,propensity', ...Array.from({ length: 20_000 }, (_, i) => `a${i % 3},${i % 7 === 0 ? 1 : 0},0.5`), ''].join('\n'));
  const child = spawn(process.execPath, [path.resolve(__dirname, '..', '..', 'bin', 'adloom.js'), 'ope', log, '--evaluation-policy', 'uniform', '--bootstrap', '100000'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  child.kill('SIGINT');
  expect(await ended).toBe('SIGINT');
  clearTimeout(late);
}, 60_000);
