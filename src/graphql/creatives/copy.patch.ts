import { badInput } from '../../base/errors';
import type { CopyPatch } from '../../modules/creatives/copy-input';

/** Only what was sent: absent is no change, null empties. */
export function toCopyPatch(input: { headline?: string | null; body?: string | null; callToAction?: string | null; imageUrl?: string | null }): CopyPatch {
  if (input.headline === null) throw badInput('headline', 'headline cannot be null.', 'Leave it out to keep it as it is.');
  return {
    ...(input.headline === undefined ? {} : { headline: input.headline }),
    ...(input.body === undefined ? {} : { body: input.body }),
    ...(input.callToAction === undefined ? {} : { callToAction: input.callToAction }),
    ...(input.imageUrl === undefined ? {} : { imageUrl: input.imageUrl }),
  };
}
