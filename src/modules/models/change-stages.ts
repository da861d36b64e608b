import type { JsonValue } from '../../domain/entities/feed-item';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Queries } from '../../store/store';
import type { Dependencies } from '../dependencies';
import { modelChanged } from './model-changed';

/** The change, its audit entry and the news of it are one transaction; then this process switches. */
export async function changeStages(
  deps: Dependencies,
  { action, version, details }: { action: string; version: ModelVersion; details: JsonValue },
  change: (tx: Queries) => Promise<ModelVersion>,
): Promise<ModelVersion> {
  const changed = await deps.store.transaction(async (tx) => {
    const after = await change(tx);
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
