import { existsSync } from 'node:fs';
import path from 'node:path';
import { bug } from './errors';

/**
 * The compiled file of a worker thread. Threads run plain JavaScript, so that code running from `src` (tests)
 * starts the copy under `dist`.
 * @param directory `__dirname` of the caller
 * @param name file name without extension, beside the caller
 */
export function workerEntry(directory: string, name: string): string {
  const root = path.resolve(__dirname, '..', '..');
  const relative = path.relative(root, path.resolve(directory, `${name}.js`));
  const compiled = path.join(root, relative.replace(/^src(?=[\\/])/, 'dist'));
  if (!existsSync(compiled)) throw bug(`The worker ${compiled} is missing: build first (npm run build).`);
  return compiled;
}
