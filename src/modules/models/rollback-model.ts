import { AdloomError, isAdloomError } from '../../base/errors';
import type { Vertical } from '../../domain/entities/campaign';
import type { ModelKind, ModelVersion } from '../../domain/entities/model-version';
import type { Dependencies } from '../dependencies';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';
import { changeStages } from './change-stages';

export interface RollbackModel {
  readonly kind: ModelKind;
  /** Of a classifier; a writer writes for all. */
  readonly vertical?: Vertical | null;
  readonly reason?: string | null;
}

export interface RolledBack {
  /** A CANDIDATE again. */
  readonly from: ModelVersion;
  /** What answers now; null is the base. */
  readonly to: ModelVersion | null;
}

/**
 * Puts the version that answered before in the place of the one that answers: of those RETIRED the last one that can still be loaded,
 * else the base. Asked again it goes one further back.
 * @throws CONFLICT where the base answers already; STALE_VERSION where another version went live meanwhile
 */
export async function rollbackModel(deps: Dependencies, { kind, vertical = null, reason }: RollbackModel): Promise<RolledBack> {
  const check = new Checker();
  if ((kind === 'CLASSIFIER') !== (vertical !== null)) check.add('vertical', kind === 'CLASSIFIER' ? 'A classifier is rolled back for one vertical; none is named.' : 'A writer writes for all verticals.', kind === 'CLASSIFIER' ? undefined : 'Leave vertical out.');
  checkText(check, 'reason', reason, { max: 500 });
  check.orThrow();
  const live = await deps.store.modelVersions.live(deps.advertiserId, kind, vertical);
  if (!live || (vertical === null && live.base === null)) {
    throw new AdloomError('CONFLICT', `No version of its own serves${vertical ? ` ${vertical}` : ''}: the base does, and there is nothing before it.`, { field: 'vertical', hint: 'Start with another ADLOOM_CTR_MODEL or ADLOOM_WRITER_MODEL to change the base.' });
  }
  const to = await previous(deps, kind, vertical);
  // What another process promoted a moment ago answers here too before it is replaced.
  await deps.liveModels.refresh();
  const details = { reason: reason ?? null, to: to?.id ?? null };
  const answering = vertical && deps.liveModels.classifier(vertical);
  const back = to ? deps.liveModels.named(to.id) : deps.liveModels.base();
  let restored: ModelVersion | null = null;
  const from = await changeStages(deps, { action: 'rollbackModel', version: live, details, answers: vertical && answering && back ? { vertical, from: answering, to: back } : undefined }, async (tx) => {
    const now = await tx.modelVersions.live(deps.advertiserId, kind, vertical);
    if (now?.id !== live.id) throw new AdloomError('STALE_VERSION', `${now ? `${now.name} went live` : 'It was rolled back'} meanwhile.`, { hint: 'Read the model versions again, and roll back what answers now if that is what you want.' });
    // First, so that it is not taken for one that a promotion replaced.
    const rolledBack = (await tx.modelVersions.setStage(deps.advertiserId, live.id, 'CANDIDATE'))!;
    restored = to && (await tx.modelVersions.setStage(deps.advertiserId, to.id, 'LIVE'));
    return rolledBack;
  });
  return { from, to: restored };
}

async function previous(deps: Dependencies, kind: ModelKind, vertical: Vertical | null): Promise<ModelVersion | null> {
  const retired = (await deps.store.modelVersions.list(deps.advertiserId, { kinds: [kind], stages: ['RETIRED'] }))
    .filter((version) => version.vertical === vertical)
    .toSorted((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime() || (a.id < b.id ? 1 : -1));
  for (const version of retired) {
    try {
      await (kind === 'WRITER' ? deps.writers.use(version.id, () => Promise.resolve()) : deps.liveModels.prepare(version));
      return version;
    } catch (error) {
      if (!isAdloomError(error)) throw error;
      deps.logger.warn('a version that answered once cannot be loaded any more', { modelVersion: version.id, code: error.code, message: error.message });
    }
  }
  return null;
}
