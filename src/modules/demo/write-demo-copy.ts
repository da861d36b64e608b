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

/** A first start may be slow; it may not hang. What is not written by then comes later. */
const PATIENCE_MS = 120_000;

/** Has the writer, where one serves, write for a few demo profiles; returns how many creatives came of it. Repeats give nothing new. */
export async function writeDemoCopy(deps: Dependencies): Promise<number> {
  if (deps.modelVersionIds.writer === null) return 0;
  const campaigns = new Map((await deps.store.campaigns.byExternalIds(deps.advertiserId, ORDERS.map(({ campaign }) => `demo:${campaign}`))).map((each) => [each.externalId, each.id]));
  const people = new Map((await deps.store.profiles.byExternalIds(deps.advertiserId, ORDERS.map(({ person }) => person))).map((each) => [each.externalId, each.id]));
  const jobs: string[] = [];
  for (const [index, { campaign, person, count }] of ORDERS.entries()) {
    const campaignId = campaigns.get(`demo:${campaign}`);
    const profileId = people.get(person);
    if (campaignId === undefined || profileId === undefined) continue;
    try {
      const job = await generateCreatives(deps, {
        campaignId, profileId, count, seed: 1_000 + index, autoApprove: true, idempotencyKey: `demo-copy-${campaign}-${person}`,
      });
      if (job !== null) jobs.push(job.id);
    } catch (error) {
      deps.logger.warn('no demo copy was written', { campaign, error: messageOf(error) });
    }
  }
  return ended(deps, jobs);
}

/** Waits until the jobs have ended, for the first query should find their copy; the number of creatives written. */
async function ended(deps: Dependencies, ids: readonly string[]): Promise<number> {
  const deadline = deps.clock.elapsed() + PATIENCE_MS;
  for (;;) {
    const jobs = await deps.store.generationJobs.byIds(deps.advertiserId, ids);
    const open = jobs.filter(({ status }) => status === 'QUEUED' || status === 'RUNNING');
    if (open.length === 0 || deps.clock.elapsed() > deadline) return jobs.reduce((sum, { done }) => sum + done, 0);
    await sleep(100);
  }
}
