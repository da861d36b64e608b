import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { GenerationJob } from '../../domain/entities/generation-job';
import { isBlocked } from '../../domain/guard/check-copy';
import { creativeChanged } from '../creatives/creative-changed';
import { newCreative } from '../creatives/new-creative';
import type { Dependencies } from '../dependencies';
import type { Composed } from './compose-creatives';
import { generationProgress } from './generation-progress';

export interface StoreCreatives {
  readonly job: GenerationJob;
  /** Whose attempt at the job this is. */
  readonly owner: string;
  readonly campaign: Campaign;
  /** The writer's. */
  readonly modelVersionId: string;
  readonly creatives: readonly Composed[];
  /** Generations turned away since the last step. */
  readonly rejected: number;
}

/** Keeps creatives and the job's progress together, and tells both; false (and nothing kept) when the job no longer runs, or another took it up. */
export async function storeCreatives(deps: Dependencies, input: StoreCreatives): Promise<boolean> {
  const written = input.creatives.map((composed) => rowOf(deps, input, composed));
  const { profileId } = input.job;
  const kept = await deps.store.transaction(async (tx) => {
    const erased = profileId !== null && (await tx.profiles.holdByIds(deps.advertiserId, [profileId])).length === 0;
    const rows = erased ? written.map(forNobody) : written;
    const job = await tx.generationJobs.progress(deps.advertiserId, input.job.id, input.owner, { createdCreativeIds: rows.map(({ id }) => id), rejected: input.rejected });
    if (job === null) return false;
    if (rows.length > 0) await tx.creatives.insertMany(rows);
    await deps.bus.record(tx, 'creativeChanged', ...rows.map((creative) => creativeChanged(creative, 'CREATED')));
    await deps.bus.record(tx, 'generationProgress', generationProgress(job, rows.map(({ id }) => id)));
    return true;
  });
  if (kept) {
    deps.bus.wake('creativeChanged');
    deps.bus.wake('generationProgress');
  }
  return kept;
}

/** Copy for a person who was erased while it was written: it stays copy. */
function forNobody(creative: Creative): Creative {
  return { ...creative, provenance: { ...creative.provenance!, profileId: null, prompt: '' } };
}

function rowOf(deps: Dependencies, { job, campaign, modelVersionId }: StoreCreatives, { pieces, findings, headline, body, callToAction }: Composed): Creative {
  return newCreative(deps, {
    campaignId: campaign.id,
    headline,
    body,
    callToAction,
    origin: 'GENERATED',
    status: job.options.autoApprove && !isBlocked(findings) ? 'APPROVED' : 'IN_REVIEW',
    findings: findings.map(({ rule, severity, field, message }) => ({ rule, severity, field, message })),
    provenance: {
      generationJobId: job.id,
      modelVersionId,
      prompt: pieces.headline.prompt,
      seed: pieces.headline.seed,
      template: { headline: pieces.headline.template, body: pieces.body?.template ?? null, callToAction: pieces.callToAction?.template ?? null },
      logProbability: pieces.headline.logProbability,
      parentId: job.options.parentId,
      profileId: job.profileId,
    },
  });
}
