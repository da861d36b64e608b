// The whole product on an embedded database of its own, without HTTP: what a benchmark drives.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const product = (name) => require(path.join(root, 'dist', name));

export async function openPlatform(directory) {
  const { loadConfig } = product('main/config');
  const { openDependencies } = product('main/open-dependencies');
  // Benchmarks ask the same again and again: remembered scores would measure nothing.
  const config = loadConfig({ ADLOOM_DATA_DIR: directory, LOG_LEVEL: 'error', ADLOOM_DEMO: 'false', ADLOOM_SCORE_CACHE_MB: '0' });
  const { deps, close } = await openDependencies(config);
  const { scorer, generator } = deps;
  return { deps, close, directory, models: { classifier: scorer.identity.id, writer: generator.identity.id } };
}
