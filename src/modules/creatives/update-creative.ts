import { AdloomError, notFound } from '../../base/errors';
import type { Creative, CreativeStatus } from '../../domain/entities/creative';
import { requireCampaign } from '../campaigns/update-campaign';
import type { Dependencies } from '../dependencies';
import { staleVersion } from '../input/stale-version';
import { applyCopy, checkCopyInput, findingsOf, type CopyPatch } from './copy-input';
import type { CreativeResult } from './create-creative';
import { creativeChanged, type CreativeChange } from './creative-changed';

export interface UpdateCreative {
  readonly id: string;
  readonly expectedVersion: number;
  readonly copy: CopyPatch;
  readonly validateOnly?: boolean;
}

/** Copy that has run is what its counts and predictions speak of: these statuses may still be rewritten. */
const REWRITABLE: readonly CreativeStatus[] = ['DRAFT', 'IN_REVIEW', 'REJECTED', 'APPROVED', 'PAUSED'];

/** New copy goes through review again: what was approved becomes a DRAFT. */
export async function updateCreative(deps: Dependencies, input: UpdateCreative): Promise<CreativeResult> {
  const current = await requireCreative(deps, input.id);
  if (current.version !== input.expectedVersion) throw staleVersion('creative', input.expectedVersion, current.version);
  if (!REWRITABLE.includes(current.status)) {
    throw new AdloomError('CONFLICT', `A creative that is ${current.status} can no longer be rewritten.`, {
      field: 'id',
      hint: 'Create a new creative instead.',
    });
  }
  const campaign = await requireCampaign(deps, current.campaignId);
  const copy = applyCopy(current, input.copy);
  checkCopyInput(copy);
  const findings = findingsOf(campaign, copy);
  if (input.validateOnly) return { creative: null, findings };
  const changed = { ...current, ...copy, findings, status: 'DRAFT', updatedAt: deps.clock.now() } as const;
  return { creative: await saveCreative(deps, changed, input.expectedVersion, 'UPDATED', current), findings };
}

export async function requireCreative(deps: Dependencies, id: string): Promise<Creative> {
  const [creative] = await deps.store.creatives.byIds(deps.advertiserId, [id]);
  if (!creative) throw notFound('creative');
  return creative;
}

/**
 * Saves under the optimistic lock and tells subscribers, both or neither.
 * @param before of a rewriting: the audit trail keeps what it said, for decisions speak of what was shown
 */
export async function saveCreative(deps: Dependencies, creative: Creative, expectedVersion: number, change: CreativeChange, before?: Creative): Promise<Creative> {
  const saved = await deps.store.transaction(async (tx) => {
    const row = await tx.creatives.update(creative, expectedVersion);
    if (!row) throw staleVersion('creative', expectedVersion);
    if (before && (before.headline !== row.headline || before.body !== row.body)) {
      const details = { before: { headline: before.headline, body: before.body } };
      await tx.audit.append([{ id: deps.ids.next(), advertiserId: deps.advertiserId, actor: 'api', action: 'updateCreative', entityType: 'Creative', entityId: row.id, details, createdAt: row.updatedAt }]);
    }
    await deps.bus.record(tx, 'creativeChanged', creativeChanged(row, change));
    return row;
  });
  deps.bus.wake('creativeChanged');
  return saved;
}
