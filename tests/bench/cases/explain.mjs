// Explaining scores: time of one, how complete, and what rankings feel of it meanwhile.
import { campaignWith, profileWith } from '../data.mjs';
import { median, quantile, repeat, round } from '../measure.mjs';
import { product } from '../platform.mjs';

export async function run(platform) {
  const { deps } = platform;
  const { profileText } = product('domain/profile/profile-text');
  const profile = await profileWith(platform, 'bench-explained', 12);
  const campaign = await campaignWith(platform, 'explain', 60);
  const page = await deps.store.creatives.page(deps.advertiserId, { campaignIds: [campaign.id] }, { first: 60 });
  const texts = page.edges.map(({ node }) => `${node.headline} ${node.body}`);
  const prefix = profileText(profile, { vertical: campaign.vertical });

  const results = [];
  const explained = await repeat(40, async (i) => results.push(await deps.scorer.explain({ prefix, text: texts[i + 2] })));
  const ratios = [];
  for (let i = 0; i < 10; i++) {
    const [ranked] = await repeat(1, () => deps.scorer.score({ prefix, texts }), 0);
    const [one] = await repeat(1, () => deps.scorer.explain({ prefix, text: texts[i] }), 0);
    ratios.push(one / ranked);
  }
  return [
    { name: 'explain one score, p50', value: round(median(explained)), unit: 'ms', note: `${round(median(results.map((r) => r.steps)), 0)} steps, at most ${Math.max(...results.map((r) => r.steps))}` },
    { name: 'explain one score, p99', value: round(quantile(explained, 0.99)), unit: 'ms' },
    { name: 'explain, completeness gap, p50', value: round(100 * median(results.map((r) => r.gap)), 2), unit: '%', note: `worst ${round(100 * Math.max(...results.map((r) => r.gap)), 2)} %` },
    { name: 'explain one score against scoring 60', value: round(median(ratios), 2), unit: 'x' },
    await besideRankings(deps, { prefix, texts }),
  ];
}

/** A scoring of sixty alone, and while explanations run without a pause, in turn. */
async function besideRankings(deps, { prefix, texts }) {
  const ratios = [];
  for (let i = 0; i < 8; i++) {
    const [alone] = await repeat(1, () => deps.scorer.score({ prefix, texts }), 0);
    const busy = Promise.all(texts.slice(0, 4).map((text) => deps.scorer.explain({ prefix, text })));
    const [beside] = await repeat(1, () => deps.scorer.score({ prefix, texts }), 0);
    await busy;
    ratios.push(beside / alone);
  }
  return { name: 'scoring 60 beside explanations against alone', value: round(median(ratios), 2), unit: 'x', note: 'both share the cores' };
}
