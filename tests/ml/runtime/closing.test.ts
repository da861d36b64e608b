import { execFile } from 'node:child_process';
import path from 'node:path';

/** Runs a file of `tests/ml/workers` as a program of its own. */
function program(name: string): Promise<{ code: number | string | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [path.join(__dirname, '..', 'workers', `${name}.cjs`)], (error, out, err) => {
      resolve({ code: error ? (child.signalCode ?? child.exitCode) : 0, out, err });
    });
  });
}

test('a program that gives up a call in the middle of a run and closes its model ends as it means to, without a word of the runtime', async () => {
  expect(await program('busy-session')).toEqual({ code: 7, out: `${'CANCELLED\n'.repeat(5)}closed\n`, err: '' });
});
