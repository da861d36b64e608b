import { messageOf } from '../../base/errors';
import type { GenerationJob } from '../../domain/entities/generation-job';
import type { Copy } from '../../domain/guard/guard';
import { requireCampaign } from '../campaigns/update-campaign';
import type { Dependencies } from '../dependencies';
import { failureOf } from '../leases/failure-of';
import { whileLeased } from '../leases/while-leased';
import type { ServingWriter } from '../models/writers';
import { chooseInterests } from './choose-interests';
import { composeCreatives, type Composed } from './compose-creatives';
import { generationProgress } from './generation-progress';
import { storeCreatives, type StoreCreatives } from './store-creatives';

const ROUNDS = 4;
/** Creatives that are stored, and told of, at a time. */
const STEP = 5;

/**
 * Works one job off, unless somebody is at it, here or in another process. Each step stores its creatives and the job's progress in one
 * transaction, so that a job that was cut off goes on where it stood and never writes more than was asked. A signal leaves the job to be
 * resumed; one that was cancelled, or that another took up, stops.
 */
export async function runGeneration(deps: Dependencies, { jobId, ...input }: { jobId: string; signal: AbortSignal; heartbeatMs?: number }): Promise<void> {
  await whileLeased(deps, deps.store.generationJobs, { id: jobId, ...input }, async (job, { owner }, signal) => {
    await deps.bus.publish('generationProgress', generationProgress(job));
    const left = (): Promise<void> => deps.store.generationJobs.leave(deps.advertiserId, job.id, owner);
    try {
      const outcome = await deps.writers.use(job.options.writerVersionId, (writer) => write(deps, { job, owner, writer, signal }));
      if (outcome === 'stopped' || signal.aborted) return await left();
      await end(deps, job, outcome.done > 0 ? 'SUCCEEDED' : 'FAILED', { owner, ...(outcome.done > 0 ? {} : { error: nothingWritten(outcome.rejected) }) });
    } catch (error) {
      if (signal.aborted) return await left();
      deps.logger.error('a generation job failed', { job: job.id, error: messageOf(error) });
      await end(deps, job, 'FAILED', { owner, error: failureOf(error) });
    }
  });
}

type Outcome = { done: number; rejected: ReadonlyMap<string, number> } | 'stopped';

interface Writing {
  readonly job: GenerationJob;
  readonly owner: string;
  readonly writer: ServingWriter;
  readonly signal: AbortSignal;
}

async function write(deps: Dependencies, { job, owner, writer: { generator, modelVersionId }, signal }: Writing): Promise<Outcome> {
  const campaign = await requireCampaign(deps, job.campaignId);
  const [profile] = job.profileId === null ? [] : await deps.store.profiles.byIds(deps.advertiserId, [job.profileId]);
  const interests = chooseInterests(campaign, profile ?? null, job.options.interest, deps.clock.now());
  const existing: Copy[] = await deps.store.creatives.textsByCampaign(deps.advertiserId, campaign.id);
  const reasons = new Map<string, number>();
  let done = job.done;
  for (let round = 0; round < ROUNDS && done < job.requested; round++) {
    if (signal.aborted) return 'stopped';
    const composition = await composeCreatives({ ...deps, generator }, {
      campaign,
      profile: profile ?? null,
      interests,
      options: job.options,
      count: job.requested - done,
      // A resumed job must not ask for what it has got already.
      seed: (job.seed + round * 15_485_863 + job.done * 32_452_843) >>> 0,
      existing,
      signal,
    });
    let turnedAway = 0;
    for (const [rule, times] of composition.rejected) {
      turnedAway += times;
      reasons.set(rule, (reasons.get(rule) ?? 0) + times);
    }
    const kept = await keep(deps, { job, owner, campaign, modelVersionId }, composition.creatives, turnedAway);
    if (kept === null) return 'stopped';
    done += kept;
    existing.push(...composition.creatives);
  }
  return { done, rejected: reasons };
}

/** Stores in steps; null when the job was cancelled or taken up meanwhile. */
async function keep(deps: Dependencies, of: Pick<StoreCreatives, 'job' | 'owner' | 'campaign' | 'modelVersionId'>, creatives: readonly Composed[], rejected: number): Promise<number | null> {
  for (let from = 0; from < Math.max(1, creatives.length); from += STEP) {
    const stored = await storeCreatives(deps, { ...of, creatives: creatives.slice(from, from + STEP), rejected: from === 0 ? rejected : 0 });
    if (!stored) return null;
  }
  return creatives.length;
}

async function end(deps: Dependencies, job: GenerationJob, status: 'SUCCEEDED' | 'FAILED', outcome: { owner: string; error?: { code: string; message: string } }): Promise<void> {
  const ended = await deps.store.transaction(async (tx) => {
    const finished = await tx.generationJobs.finish(deps.advertiserId, job.id, status, outcome);
    if (finished !== null) await deps.bus.record(tx, 'generationProgress', generationProgress(finished));
    return finished;
  });
  if (ended !== null) deps.bus.wake('generationProgress');
}

function nothingWritten(rejected: ReadonlyMap<string, number>): { code: string; message: string } {
  const reasons = Array.from(rejected).toSorted((a, b) => b[1] - a[1]).slice(0, 3).map(([rule, times]) => `${rule} (${times})`);
  const why = reasons.length > 0 ? ` What it wrote was turned away by: ${reasons.join(', ')}.` : '';
  return { code: 'CONFLICT', message: `The writer had nothing new that passes the guard.${why} Give the campaign more facts, another tone or interest, or archive old creatives.` };
}
