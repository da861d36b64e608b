import { AdloomError } from '../../base/errors';
import type { Creative, CreativeStatus } from '../../domain/entities/creative';
import { requireCampaign } from '../campaigns/update-campaign';
import type { Dependencies } from '../dependencies';
import { Checker } from '../input/problems';
import { staleVersion } from '../input/stale-version';
import { checkText } from '../input/text';
import { findingsOf, isBlocked } from './copy-input';
import { requireCreative, saveCreative } from './update-creative';

export const REVIEW_VERDICTS = ['SUBMIT', 'APPROVE', 'REJECT', 'PAUSE', 'RESUME', 'ARCHIVE'] as const;
export type ReviewVerdict = (typeof REVIEW_VERDICTS)[number];

/** What each verdict makes of a creative, and from where. */
const VERDICTS: Readonly<Record<ReviewVerdict, { from: readonly CreativeStatus[]; to: CreativeStatus }>> = {
  SUBMIT: { from: ['DRAFT', 'REJECTED'], to: 'IN_REVIEW' },
  APPROVE: { from: ['DRAFT', 'IN_REVIEW', 'REJECTED'], to: 'APPROVED' },
  REJECT: { from: ['DRAFT', 'IN_REVIEW', 'APPROVED', 'PAUSED'], to: 'REJECTED' },
  PAUSE: { from: ['APPROVED'], to: 'PAUSED' },
  RESUME: { from: ['PAUSED'], to: 'APPROVED' },
  ARCHIVE: { from: ['DRAFT', 'IN_REVIEW', 'APPROVED', 'PAUSED', 'REJECTED'], to: 'ARCHIVED' },
};

export interface ReviewCreative {
  readonly id: string;
  readonly expectedVersion: number;
  readonly verdict: ReviewVerdict;
  readonly note?: string | null;
  readonly validateOnly?: boolean;
}

/** Moves a creative through review. Copy runs only when approved, and nothing that the guard blocks is approved. */
export async function reviewCreative(deps: Dependencies, input: ReviewCreative): Promise<Creative | null> {
  const check = new Checker();
  checkText(check, 'note', input.note, { max: 1_000, multiline: true });
  check.orThrow();
  const current = await requireCreative(deps, input.id);
  if (current.version !== input.expectedVersion) throw staleVersion('creative', input.expectedVersion, current.version);
  const { from, to } = VERDICTS[input.verdict];
  if (!from.includes(current.status)) {
    throw new AdloomError('CONFLICT', `${input.verdict} does not apply to a creative that is ${current.status}.`, {
      field: 'verdict',
      hint: `It applies to: ${from.join(', ')}.`,
    });
  }
  // Judged afresh: the campaign's facts and banned words may have changed since the copy was written.
  const findings = findingsOf(await requireCampaign(deps, current.campaignId), current);
  if (to === 'APPROVED' && isBlocked(findings)) {
    const blocking = findings.filter((finding) => finding.severity === 'BLOCKING');
    throw new AdloomError('CONFLICT', `The guard blocks this creative: ${blocking.map((finding) => finding.message).join(' ')}`, {
      field: 'verdict',
      hint: 'Rewrite the copy with updateCreative, or reject it.',
    });
  }
  if (input.validateOnly) return null;
  const changed: Creative = {
    ...current,
    status: to,
    findings,
    reviewNote: input.note === undefined ? current.reviewNote : input.note,
    updatedAt: deps.clock.now(),
  };
  return saveCreative(deps, changed, input.expectedVersion, 'REVIEWED');
}
