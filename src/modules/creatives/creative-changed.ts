import type { Creative } from '../../domain/entities/creative';
import type { Message } from '../bus';

export const CREATIVE_CHANGES = ['CREATED', 'UPDATED', 'REVIEWED'] as const;
export type CreativeChange = (typeof CREATIVE_CHANGES)[number];

/** What `creativeChanged` tells; record it in the transaction of the change. */
export function creativeChanged(creative: Creative, change: CreativeChange): Message {
  return {
    key: creative.campaignId,
    payload: {
      creativeId: creative.id,
      campaignId: creative.campaignId,
      version: creative.version,
      status: creative.status,
      change,
    },
  };
}
