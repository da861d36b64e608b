/** Adapters over the fixtures' small classifier, and their rows: what promotion is tested with. */
import { writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import type { WordWeights } from '../../../src/ml/lora/words';
import { isAdaptable } from '../../../src/ml/serve/adapter-types';
import type { Vertical } from '../../../src/domain/entities/campaign';
import type { ModelVersion } from '../../../src/domain/entities/model-version';
import type { TrainingRun } from '../../../src/domain/entities/training-run';
import type { Dependencies } from '../../../src/modules/dependencies';
import { Folders, rankerBase, stirredAdapter } from '../../ml/lora/adapters';
import { CTR } from '../../ml/serve/model-directories';
import { aModelVersion, aTrainingRun } from '../../support/entities';

export const folders = new Folders();

/** A version of its own for a vertical, trained and judged. */
export async function anAdapterVersion(deps: Dependencies, seed: number, stated: { vertical?: Vertical; passed?: boolean; words?: WordWeights } = {}): Promise<ModelVersion> {
  const { vertical = 'ECOMMERCE', passed = true, words } = stated;
  const directory = folders.next();
  const base = await rankerBase(CTR);
  await writeAdapterDirectory(directory, { ...stirredAdapter(base, seed, {}, words ? 0 : 0.5), ...(words && { words }) }, { base: { hash: base.hash, name: 'ctr' }, dropout: 0 });
  if (!isAdaptable(deps.scorer)) throw new Error('This test needs a real classifier.');
  const { id } = await deps.scorer.loadAdapter(directory);
  await deps.scorer.unloadAdapter(id);
  const version = await deps.store.modelVersions.register(
    aModelVersion(deps.advertiserId, { vertical, name: `adapter ${seed}`, contentHash: `${deps.scorer.identity.id}+${id}`, directory, base: deps.scorer.identity.id, adapter: id, createdAt: deps.clock.now(), updatedAt: deps.clock.now() }),
  );
  const verdicts = [{ name: 'log loss', passed, required: 'at most 0.500', came: passed ? '0.490' : '0.510' }];
  const run: TrainingRun = aTrainingRun(deps.advertiserId, { vertical, status: 'RUNNING', createdAt: deps.clock.now() });
  await deps.store.trainingRuns.insertAlone(run);
  await deps.store.trainingRuns.finish(deps.advertiserId, run.id, passed ? 'SUCCEEDED' : 'REFUSED', { report: { passed, verdicts, figures: {} }, modelVersionId: version.id });
  return version;
}
