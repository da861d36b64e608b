import type { Creative } from '../../domain/entities/creative';
import type { Dependencies } from '../dependencies';

/** What makes one new creative differ from another. */
type NewCreative = Pick<Creative, 'campaignId' | 'headline' | 'origin' | 'status'> &
  Partial<Pick<Creative, 'externalId' | 'body' | 'callToAction' | 'imageUrl' | 'findings' | 'provenance'>>;

/** A creative as it begins: its first version, with nothing counted. */
export function newCreative(deps: Pick<Dependencies, 'ids' | 'advertiserId' | 'clock'>, creative: NewCreative): Creative {
  const now = deps.clock.now();
  return {
    id: deps.ids.next(),
    advertiserId: deps.advertiserId,
    externalId: null,
    body: null,
    callToAction: null,
    imageUrl: null,
    findings: [],
    provenance: null,
    ...creative,
    version: 1,
    reviewNote: null,
    counts: { impressions: 0, clicks: 0, conversions: 0, valueMicros: 0n },
    createdAt: now,
    updatedAt: now,
  };
}
