import type { Clock } from '../../base/clock';
import type { IdSource } from '../../base/ids';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { ModelIdentity } from '../../ml/serve/types';
import type { Store } from '../../store/store';

/**
 * The row of a model that serves. The same content is the same row, however often and from wherever it is opened; the first of
 * its kind becomes LIVE, and so does whatever the configuration makes serve instead, unless what is LIVE was tuned from it: then that
 * was promoted over it.
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
    erasedPeople: 0,
    stage: 'CANDIDATE',
    createdAt: now,
    updatedAt: now,
  });
  if (version.stage !== 'LIVE' && !(await isLiveTunedFrom(deps, version))) await deps.store.modelVersions.setStage(deps.advertiserId, version.id, 'LIVE');
  return version.id;
}

async function isLiveTunedFrom({ store, advertiserId }: { readonly store: Store; readonly advertiserId: string }, { kind, contentHash }: ModelVersion): Promise<boolean> {
  const versions = await store.modelVersions.list(advertiserId, { kinds: [kind] });
  const baseOf = new Map(versions.map((version) => [version.contentHash, version.base]));
  let base = versions.find(({ stage, vertical }) => stage === 'LIVE' && vertical === null)?.base ?? null;
  // A writer that was tuned twice has the one between as its base.
  for (let step = 0; base !== null && base !== contentHash && step < versions.length; step++) base = baseOf.get(base) ?? null;
  return base === contentHash;
}
