import type { Vertical } from '../../domain/entities/campaign';
import type { JsonValue } from '../../domain/entities/feed-item';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import type { ServingClassifier } from './live-models';
import { modelChanged } from './model-changed';
import { evidenceRatios } from './move-evidence';

export interface StageChange {
  readonly action: string;
  readonly version: ModelVersion;
  readonly details: JsonValue;
  /** Of another version than until now answering for a vertical. */
  readonly answers?: { readonly vertical: Vertical; readonly from: ServingClassifier; readonly to: ServingClassifier };
}

/** One change at a time: `change` reads and sets stages that nobody else changes meanwhile. The change, what was learnt beside the version before, its audit entry and the news of it are one transaction; then this process switches. */
export async function changeStages(deps: Dependencies, { action, version, details, answers }: StageChange, change: (tx: Queries) => Promise<ModelVersion>): Promise<ModelVersion> {
  const ratios = answers ? await evidenceRatios(deps, answers) : null;
  const changed = await deps.store.transaction(async (tx) => {
    await tx.modelVersions.holdStages(deps.advertiserId);
    const after = await change(tx);
    if (answers && ratios) {
      const { vertical, from, to } = answers;
      const byCreative = Array.from(ratios.byCreative, ([creativeId, ratio]) => ({ creativeId, ratio }));
      await tx.creativeEvidence.carry(deps.advertiserId, { vertical, from: from.modelVersionId, to: to.modelVersionId, pooled: ratios.pooled, ratios: byCreative }, deps.clock.now());
    }
    await tx.audit.append([
      { id: deps.ids.next(), advertiserId: deps.advertiserId, actor: 'api', action, entityType: 'ModelVersion', entityId: version.id, details, createdAt: deps.clock.now() },
    ]);
    await deps.bus.record(tx, 'modelChanged', modelChanged(after));
    return after;
  });
  deps.bus.wake('modelChanged');
  await deps.liveModels.refresh();
  return changed;
}
