import { AdloomError } from '../../base/errors';
import type { ModelVersion } from '../../domain/entities/model-version';

/** @param expected id of the version that is to answer still; null is the base, undefined whichever it is */
export function requireLive(expected: string | null | undefined, live: ModelVersion | null): void {
  if (expected === undefined || expected === (live?.id ?? null)) return;
  throw new AdloomError('STALE_VERSION', `Another version answers by now: ${live ? `${live.name} (${live.id})` : 'the base'}.`, {
    field: 'expectedLiveId',
    hint: 'Read the model versions again, look at what changed, and promote with the one that is LIVE.',
  });
}
