import type { ExperimentArm } from '../../domain/entities/experiment';

/** What of an experiment's report decides about a writer. */
export interface WriterTrial {
  readonly experiment: { readonly id: string; readonly arms: readonly Pick<ExperimentArm, 'name' | 'writerVersionId'>[] };
  readonly comparisons: readonly { readonly arm: string | null; readonly against: string; readonly metric: string; readonly verdict: string }[];
}

export interface TrialVerdict {
  readonly passed: boolean;
  /** What was required and what came. */
  readonly message: string;
}

/**
 * Whether people have said that a candidate's copy is better than the live writer's: an arm that shows the candidate's copy against a
 * control that shows the live one's, clicks BETTER (at any time: the report may be looked at), and nothing else WORSE.
 */
export function judgeTrial({ experiment, comparisons }: WriterTrial, { candidateId, liveId }: { candidateId: string; liveId: string }): TrialVerdict {
  const refused = (message: string): TrialVerdict => ({ passed: false, message });
  const [control] = experiment.arms;
  const arm = experiment.arms.find((each, i) => i > 0 && each.writerVersionId === candidateId);
  if (!arm) return refused('The experiment must have an arm, beside its control, that shows the copy of the candidate; none does.');
  if (control!.writerVersionId !== liveId) return refused(`The experiment's control must show the copy of the live writer ${liveId}; it shows ${control!.writerVersionId === null ? 'all copy' : `that of ${control!.writerVersionId}`}.`);
  const found = comparisons.filter((each) => each.arm === arm.name && each.against === control!.name);
  const clicks = found.find(({ metric }) => metric === 'CTR')?.verdict ?? 'UNDECIDED';
  if (clicks !== 'BETTER') return refused(`The candidate's clicks per impression must be BETTER than the live writer's; they are ${clicks}.`);
  const worse = found.filter(({ verdict }) => verdict === 'WORSE').map(({ metric }) => metric);
  if (worse.length > 0) return refused(`Nothing may be WORSE with the candidate's copy; ${worse.join(', ')} is.`);
  return { passed: true, message: `Clicks per impression are BETTER with the candidate's copy, and nothing is WORSE.` };
}
