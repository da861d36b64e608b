import { AdloomError } from '../../base/errors';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Dependencies } from '../dependencies';
import { judgeTrial, type WriterTrial } from '../writer-learning/writer-trial';
import { changeStages } from './change-stages';
import { requireLive } from './require-live';

export interface PromoteWriter {
  readonly version: ModelVersion;
  /** Kept in the audit trail. */
  readonly reason: string;
  /** What an experiment between its copy and the live writer's says; null where there was none. */
  readonly trial: WriterTrial | null;
  /** Promotes without the verdict of people. */
  readonly override: boolean;
  /** The version that the caller saw live; absent, not checked. */
  readonly expectedLiveId?: string | null;
  readonly validateOnly: boolean;
}

/**
 * Makes a writer the live one of every vertical: where people were shown its copy and the live one's and clicked more, or where somebody
 * answers for it. It is opened before anything changes; what is being written ends with the writer that began it. Null on a dry run.
 * @throws CONFLICT without a verdict; MODEL_UNAVAILABLE, MODEL_INVALID where it cannot be opened: all stays as it was
 */
export async function promoteWriter(deps: Dependencies, { version, reason, trial, override, expectedLiveId, validateOnly }: PromoteWriter): Promise<ModelVersion | null> {
  const live = await deps.store.modelVersions.live(deps.advertiserId, 'WRITER', null);
  requireLive(expectedLiveId, live);
  const verdict = live === null ? null : trial && judgeTrial(trial, { candidateId: version.id, liveId: live.id });
  if (live !== null && !verdict?.passed && !override) {
    throw new AdloomError('CONFLICT', verdict?.message ?? `No experiment says how the copy of ${version.name} does beside that of the live writer ${live.name}.`, {
      field: 'modelVersionId',
      hint: 'Run an experiment with an arm for each writer and promote by its verdict, or say override: true with the reason; the audit trail keeps it.',
    });
  }
  await deps.writers.use(version.id, () => Promise.resolve());
  if (validateOnly) return null;
  const details = { stage: 'LIVE', reason, override: live !== null && !verdict?.passed, experimentId: trial?.experiment.id ?? null, verdict: verdict?.message ?? null, replaced: live?.id ?? null };
  return changeStages(deps, { action: 'promoteModel', version, details }, async (tx) => {
    const now = await tx.modelVersions.live(deps.advertiserId, 'WRITER', null);
    if (now?.id !== live?.id) throw new AdloomError('STALE_VERSION', `Another writer went live meanwhile: ${now?.name ?? 'none'}.`, { field: 'modelVersionId', hint: 'Read the model versions again.' });
    return (await tx.modelVersions.setStage(deps.advertiserId, version.id, 'LIVE'))!;
  });
}
