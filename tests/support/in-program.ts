import { execFile } from 'node:child_process';
import path from 'node:path';

/**
 * Runs a file of `tests/ml/workers` in a thread of a program of its own, and returns what it answers: what a graphics driver reads of the
 * environment it reads from that of the process.
 */
export function inProgram<T>(name: string, data: unknown = {}, environment: Record<string, string> = {}): Promise<T> {
  const args = [path.join(__dirname, '..', 'ml', 'workers', 'program.cjs'), `${name}.cjs`, JSON.stringify(data)];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
      const line = out.trimEnd().split('\n').at(-1) ?? '';
      if (!line.startsWith('{')) return reject(new Error(`${error?.message ?? 'It answered nothing.'}\n${out}\n${err}`));
      const answer = JSON.parse(line) as { value: T; error?: string };
      if (answer.error !== undefined) reject(new Error(answer.error));
      else resolve(answer.value);
    });
  });
}
