// Deciding through the use-case: what it takes, how many fit in a second, and what of it is not the model.
import { campaignWith, profileWith } from '../data.mjs';
import { median, quantile, repeat, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const CALLERS = 16;

export async function run(platform) {
  const { deps } = platform;
  const { decide } = product('modules/delivery/decide');
  const { recordOutcomes } = product('modules/delivery/record-outcomes');
  const { creativeText } = product('modules/predictions/score-creatives');
  const { profileText } = product('domain/profile/profile-text');
  const { rememberScores } = product('ml/serve/remembered-scores');
  const profile = await profileWith(platform, 'bench-decided', 12);
  const rows = [];
  let serial = 0;
  for (const candidates of [20, 100]) {
    const campaign = await running(deps, await campaignWith(platform, `decide-${candidates}`, candidates));
    const page = await deps.store.creatives.page(deps.advertiserId, { campaignIds: [campaign.id], statuses: ['APPROVED'] }, { first: candidates });
    const request = { prefix: profileText(profile, { vertical: campaign.vertical }), texts: page.edges.map(({ node }) => creativeText(node)) };
    const ask = (from) => decide(from, { profile: { id: profile.id }, campaignIds: [campaign.id], placements: [{ name: 'home' }], idempotencyKey: `bench-${++serial}` });
    const one = () => ask(deps);
    const remembering = { ...deps, scorer: rememberScores(deps.scorer, 2 ** 25) };
    const again = () => ask(remembering);
    // In turn, so that both see the same machine.
    const [model, whole, known] = [[], [], []];
    for (let i = 0; i < 30; i++) {
      model.push(...(await repeat(1, () => deps.scorer.score(request), i === 0 ? 2 : 0)));
      whole.push(...(await repeat(1, one, i === 0 ? 2 : 0)));
      known.push(...(await repeat(1, again, i === 0 ? 2 : 0)));
    }
    const name = `decide among ${candidates}`;
    const share = 1 - median(model) / median(whole);
    rows.push({ name: `${name}, p50`, value: round(median(whole)), unit: 'ms', note: `p99 ${round(quantile(whole, 0.99))} ms` });
    rows.push({ name: `${name}, share that is not the model`, value: round(100 * share), unit: '%', note: `${round(median(whole) - median(model))} ms` });
    rows.push(await together(one, name));
    rows.push({ name: `${name}, of a person seen before, p50`, value: round(median(known)), unit: 'ms', note: `p99 ${round(quantile(known, 0.99))} ms` });
    rows.push(await together(again, `${name}, of a person seen before`));
    if (candidates === 100) rows.push(await counting(deps, recordOutcomes, one));
  }
  return rows;
}

async function running(deps, campaign) {
  const costs = { costPerThousandMicros: 2_500_000n, budget: { totalMicros: 10n ** 15n, dailyMicros: null }, pacing: 'AS_FAST_AS_POSSIBLE' };
  return deps.store.campaigns.update({ ...campaign, ...costs, status: 'ACTIVE' }, campaign.version);
}

async function together(one, name) {
  const start = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: CALLERS }, async () => {
    for (let i = 0; i < 6; i++) {
      const { decisions } = await one();
      done += decisions.length;
    }
  }));
  return { name: `${name}, ${CALLERS} callers`, value: round((done * 1000) / (performance.now() - start)), unit: '1/s' };
}

/** Impressions and clicks by decision, in batches of a hundred. */
async function counting(deps, recordOutcomes, one) {
  const ids = [];
  for (let i = 0; i < 100; i++) ids.push((await one()).decisions[0].id);
  const outcomes = ids.flatMap((decisionId) => [{ decisionId, kind: 'IMPRESSION' }, { decisionId, kind: 'CLICK' }]);
  const start = performance.now();
  for (let from = 0; from < outcomes.length; from += 100) await recordOutcomes(deps, { outcomes: outcomes.slice(from, from + 100) });
  return { name: 'outcomes of decisions, in hundreds', value: round((outcomes.length * 1000) / (performance.now() - start), 0), unit: '1/s' };
}
