import { AdloomError } from '../../base/errors';
import type { Campaign, CampaignStatus } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';
import { staleVersion } from '../input/stale-version';
import { requireCampaign } from './update-campaign';

/** From each status, where it may go. What has ended stays ended; what is archived is only read. */
const NEXT: Readonly<Record<CampaignStatus, readonly CampaignStatus[]>> = {
  DRAFT: ['ACTIVE', 'ARCHIVED'],
  ACTIVE: ['PAUSED', 'ENDED'],
  PAUSED: ['ACTIVE', 'ENDED', 'ARCHIVED'],
  ENDED: ['ARCHIVED'],
  ARCHIVED: [],
};

export interface SetCampaignStatus {
  readonly id: string;
  readonly expectedVersion: number;
  readonly status: CampaignStatus;
  readonly validateOnly?: boolean;
}

export async function setCampaignStatus(deps: Dependencies, input: SetCampaignStatus): Promise<Campaign | null> {
  const current = await requireCampaign(deps, input.id);
  if (current.version !== input.expectedVersion) throw staleVersion('campaign', input.expectedVersion, current.version);
  // Setting what is already so is no change, and no error: a retry after a lost answer must not fail.
  if (current.status === input.status) return current;
  if (!NEXT[current.status].includes(input.status)) {
    const ways = NEXT[current.status];
    throw new AdloomError('CONFLICT', `A campaign that is ${current.status} cannot become ${input.status}.`, {
      field: 'status',
      hint: ways.length > 0 ? `From ${current.status} it may become ${ways.join(' or ')}.` : 'It can no longer change.',
    });
  }
  if (input.status === 'ACTIVE' && current.flight.endsAt && current.flight.endsAt <= deps.clock.now()) {
    throw new AdloomError('CONFLICT', 'The flight of the campaign is over.', {
      field: 'status',
      hint: 'Move flight.endsAt into the future with updateCampaign, then activate.',
    });
  }
  if (input.validateOnly) return null;
  const saved = await deps.store.campaigns.update(
    { ...current, status: input.status, updatedAt: deps.clock.now() },
    input.expectedVersion,
  );
  if (!saved) throw staleVersion('campaign', input.expectedVersion);
  return saved;
}
