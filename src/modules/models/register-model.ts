import type { Clock } from '../../base/clock';
import type { IdSource } from '../../base/ids';
import type { ModelIdentity } from '../../ml/serve/types';
import type { Store } from '../../store/store';

/**
 * The row of a model that serves. The same content is the same row, however often and from wherever it is opened; the first of
 * its kind becomes LIVE, and so does whatever the configuration makes serve instead.
 */
export async function registerModel(
  deps: { readonly store: Store; readonly clock: Clock; readonly ids: IdSource; readonly advertiserId: string },
  identity: ModelIdentity,
  metrics: Readonly<Record<string, number>> = {},
): Promise<string> {
  const now = deps.clock.now();
  const version = await deps.store.modelVersions.register({
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    kind: identity.kind === 'classifier' ? 'CLASSIFIER' : 'WRITER',
    vertical: null,
    name: identity.name,
    contentHash: identity.id,
    directory: identity.directory,
    base: null,
    adapter: null,
    parameters: identity.parameters,
    dataFingerprint: null,
    metrics,
    stage: 'CANDIDATE',
    createdAt: now,
    updatedAt: now,
  });
  if (version.stage !== 'LIVE') await deps.store.modelVersions.setStage(deps.advertiserId, version.id, 'LIVE');
  return version.id;
}
