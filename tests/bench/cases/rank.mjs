// Ranking through the use-case: database, classifier, write-behind. And what it does to the event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { campaignWith, profileWith } from '../data.mjs';
import { engineRows } from '../engine/rank-rows.mjs';
import { variantRows } from '../engine/variant-rows.mjs';
import { median, quantile, repeat, round } from '../measure.mjs';
import { product } from '../platform.mjs';

export async function run(platform) {
  const { deps } = platform;
  const { rankCreatives } = product('modules/predictions/rank-creatives');
  const profile = await profileWith(platform, 'bench-reader', 12);
  const rows = [];
  for (const candidates of [20, 100]) {
    const campaign = await campaignWith(platform, `rank-${candidates}`, candidates);
    const rank = () => rankCreatives(deps, { campaign: { id: campaign.id }, profile: { id: profile.id }, first: 10 });
    const taken = await repeat(30, rank);
    rows.push({ name: `rank ${candidates} candidates, p50`, value: round(median(taken)), unit: 'ms' });
    rows.push({ name: `rank ${candidates} candidates, p99`, value: round(quantile(taken, 0.99)), unit: 'ms' });
    rows.push({ name: `rank ${candidates} candidates, candidates/s`, value: round((candidates * 1000) / median(taken), 0), unit: '1/s' });
    rows.push(await againstUnshared(deps, profile, campaign, candidates));
    if (candidates === 100) rows.push(await loopDelay(rank));
  }
  return [...rows, ...(await engineRows()), ...(await variantRows(deps.scorer.identity.directory))];
}

/** One shared prefix against the same profile computed anew for each candidate, in turn. */
async function againstUnshared(deps, profile, campaign, candidates) {
  const { profileText } = product('domain/profile/profile-text');
  const page = await deps.store.creatives.page(deps.advertiserId, { campaignIds: [campaign.id], statuses: ['APPROVED'] }, { first: candidates });
  const texts = page.edges.map((edge) => `${edge.node.headline} ${edge.node.body ?? ''}`);
  const prefix = profileText(profile, { vertical: campaign.vertical });
  const ratios = [];
  // A scorer that remembered the prefix would not compute it anew.
  const scorer = await product('ml/serve/open-scorer').openScorer(deps.scorer.identity.directory, { prefixCacheBytes: 0 });
  try {
    for (let i = -1; i < 9; i++) {
      const [shared] = await repeat(1, () => scorer.score({ prefix, texts }), 0);
      const [apart] = await repeat(1, async () => {
        for (const text of texts) await scorer.score({ prefix, texts: [text] });
      }, 0);
      if (i >= 0) ratios.push(apart / shared);
    }
  } finally {
    await scorer.close();
  }
  return { name: `rank ${candidates} candidates, together against one by one`, value: round(median(ratios), 2), unit: 'x' };
}

async function loopDelay(rank) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  for (let i = 0; i < 15; i++) await Promise.all([rank(), rank()]);
  delay.disable();
  return { name: 'worst event-loop delay while ranking', value: round(delay.max / 1e6), unit: 'ms', note: `p99 ${round(delay.percentile(99) / 1e6)} ms` };
}
