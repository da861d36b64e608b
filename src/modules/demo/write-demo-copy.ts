import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../base/errors';
import type { Dependencies } from '../dependencies';
import { generateCreatives } from '../generation/generate-creatives';

/** Who gets copy of their own on the first day: two people with different tastes for one general campaign each, and some with a special one. */
const ORDERS: readonly { campaign: string; person: string; count: number }[] = [
  { campaign: 'marlo', person: 'demo-001', count: 4 },
  { campaign: 'marlo', person: 'demo-002', count: 4 },
  { campaign: 'skarn', person: 'demo-001', count: 3 },
  { campaign: 'lumen', person: 'demo-003', count: 3 },
  { campaign: 'lumen', person: 'demo-005', count: 3 },
  { campaign: 'tuppence', person: 'demo-006', count: 3 },
  { campaign: 'wayfare', person: 'demo-004', count: 3 },
  { campaign: 'wayfare', person: 'demo-007', count: 3 },
];

/** Of one campaign, that are looked through for what was ordered. */
const MOST_JOBS = 1_000;

/** A first start may be slow; it may not hang. What is not written by then comes later. */
const PATIENCE_MS = 120_000;

/** Orders and waits, for the first query should find the copy; returns how many creatives came of it. */
export async function writeDemoCopy(deps: Dependencies, signal?: AbortSignal): Promise<number> {
  return ended(deps, await orderDemoCopy(deps), signal);
}

/**
 * Has the writer, where one serves, write for a few demo profiles; returns the ids of the jobs. What was ordered before is not
 * ordered again, so that a later start makes up for a first one that had no writer or was cut off.
 */
export async function orderDemoCopy(deps: Dependencies): Promise<string[]> {
  if (deps.modelVersionIds.writer === null) return [];
  const found = await deps.store.campaigns.byExternalIds(deps.advertiserId, ORDERS.map(({ campaign }) => `demo:${campaign}`));
  const campaigns = new Map(found.filter(({ status }) => status === 'ACTIVE').map((each) => [each.externalId, each.id]));
  const people = new Map((await deps.store.profiles.byExternalIds(deps.advertiserId, ORDERS.map(({ person }) => person))).map((each) => [each.externalId, each.id]));
  // Idempotency keys are forgotten after days; the jobs are not.
  const ordered = await deps.store.generationJobs.latestByCampaignIds(deps.advertiserId, [...campaigns.values()], MOST_JOBS);
  const jobs: string[] = [];
  for (const [index, { campaign, person, count }] of ORDERS.entries()) {
    const campaignId = campaigns.get(`demo:${campaign}`);
    const profileId = people.get(person);
    if (campaignId === undefined || profileId === undefined) continue;
    const seed = 1_000 + index;
    const before = ordered.get(campaignId)?.find((job) => job.profileId === profileId && job.seed === seed);
    if (before) {
      jobs.push(before.id);
      continue;
    }
    try {
      const job = await generateCreatives(deps, {
        campaignId, profileId, count, seed, autoApprove: true, idempotencyKey: `demo-copy-${campaign}-${person}`,
      });
      if (job !== null) jobs.push(job.id);
    } catch (error) {
      deps.logger.warn('no demo copy was written', { campaign, error: messageOf(error) });
    }
  }
  return jobs;
}

/** Waits until the jobs have ended or there is no more time for them; the number of creatives written so far. */
async function ended(deps: Dependencies, ids: readonly string[], signal?: AbortSignal): Promise<number> {
  const deadline = deps.clock.elapsed() + PATIENCE_MS;
  for (;;) {
    const jobs = await deps.store.generationJobs.byIds(deps.advertiserId, ids);
    const open = jobs.filter(({ status }) => status === 'QUEUED' || status === 'RUNNING');
    if (open.length === 0 || deps.clock.elapsed() > deadline || signal?.aborted) return jobs.reduce((sum, { done }) => sum + done, 0);
    await sleep(100);
  }
}
