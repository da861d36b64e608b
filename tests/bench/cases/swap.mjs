// Promotion and rollback on the shipped classifier while three never stop ranking: how long each takes, and whether any request fails.
import path from 'node:path';
import { campaignWith, profileWith } from '../data.mjs';
import { median, round } from '../measure.mjs';
import { product } from '../platform.mjs';

const ROUNDS = 10;
const RANKERS = 3;
const CREATIVES = 100;
/** Seen decisions of the version that is replaced: as many as are looked at when what was learnt beside it is taken along. */
const DECISIONS = 1_000;
const TARGET_S = 5;

export async function run(platform) {
  const { deps } = platform;
  const { rankCreatives } = product('modules/predictions/rank-creatives');
  const { promoteModel } = product('modules/models/promote-model');
  const { rollbackModel } = product('modules/models/rollback-model');
  const campaign = await campaignWith(platform, 'swap', CREATIVES);
  const people = [];
  for (let i = 0; i < 20; i++) people.push(await profileWith(platform, `swap-${i}`, 12));
  const version = await anAdapterVersion(platform, campaign.vertical);
  const decideBy = await deciding(platform, campaign, people);

  const ask = () => rankCreatives(deps, { campaign: { id: campaign.id }, profile: { id: people[asked++ % people.length].id }, first: 10 });
  let [asked, failed, running] = [0, 0, true];
  const answeredBy = new Set();
  const ranker = async () => {
    while (running) {
      await ask().then(({ predictions }) => answeredBy.add(predictions[0].modelVersionId), () => (failed += 1));
    }
  };
  const rankers = Array.from({ length: RANKERS }, ranker);
  const [promotions, rollbacks] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    await decideBy(deps.modelVersionIds.classifier);
    promotions.push(await seconds(() => promoteModel(deps, { modelVersionId: version.id, stage: 'LIVE', reason: 'measured', override: true })));
    await decideBy(version.id);
    rollbacks.push(await seconds(() => rollbackModel(deps, { kind: 'CLASSIFIER', vertical: campaign.vertical })));
  }
  running = false;
  await Promise.all(rankers);
  if (answeredBy.size !== 2) throw new Error(`Of the two versions ${answeredBy.size} answered.`);
  const load = `${RANKERS} rank ${CREATIVES} all the time`;
  return [
    timed('promotion under load', promotions, load),
    timed('rollback under load', rollbacks, load),
    { name: 'requests that failed meanwhile', value: failed, unit: '', note: `of ${asked}` },
  ];
}

function timed(name, taken, note) {
  const worst = Math.max(...taken);
  return { name: `${name}, p50`, value: round(median(taken), 2), unit: 's', note: `worst of ${taken.length}: ${round(worst, 2)} s; ${note}; target < ${TARGET_S} s: ${worst < TARGET_S ? 'met' : 'not met'}` };
}

async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** An adapter of the size that learning makes, its weights drawn at random: their values cost no time. */
async function anAdapterVersion({ deps, directory }, vertical) {
  const { createRng } = product('base/rng');
  const { newAdapter } = product('ml/lora/adapter');
  const { writeAdapterDirectory } = product('ml/lora/adapter-directory');
  const { baseHash } = product('ml/lora/base-hash');
  const { loraSites } = product('ml/lora/sites');
  const { readRankerDirectory } = product('ml/serve/ranker-directory');
  const { LORA_DEFAULTS } = product('modules/training/adapter-recipe');
  const { scorer, ids, clock, advertiserId } = deps;
  const { shape, weights } = await readRankerDirectory(scorer.identity.directory);
  const rng = createRng(1);
  const adapter = newAdapter(loraSites(LORA_DEFAULTS, shape.body), rng, weights.get('score.weight'));
  for (const [name, { data }] of adapter.weights) if (name.endsWith('lora_B')) for (let i = 0; i < data.length; i++) data[i] = 0.02 * rng.normal();
  const output = path.join(directory, 'swap-adapter');
  await writeAdapterDirectory(output, adapter, { base: { hash: baseHash(weights), name: 'ctr' }, dropout: 0 });
  const { id } = await scorer.loadAdapter(output);
  const now = clock.now();
  return deps.store.modelVersions.register({
    id: ids.next(), advertiserId, kind: 'CLASSIFIER', vertical, stage: 'CANDIDATE', name: 'swap', contentHash: `${scorer.identity.id}+${id}`, directory: output,
    base: scorer.identity.id, adapter: id, parameters: scorer.identity.parameters, dataFingerprint: null, metrics: {}, createdAt: now, updatedAt: now,
  });
}

/** Adds to the log what a version decided and people saw. */
async function deciding({ deps }, campaign, people) {
  const { edges } = await deps.store.creatives.page(deps.advertiserId, { campaignIds: [campaign.id] }, { first: CREATIVES });
  return (modelVersionId) => {
    const createdAt = deps.clock.now();
    return deps.store.decisions.append(Array.from({ length: DECISIONS }, (_, i) => ({
      id: deps.ids.next(), advertiserId: deps.advertiserId, requestId: deps.ids.next(), campaignId: campaign.id, creativeId: edges[i % edges.length].node.id,
      profileId: people[i % people.length].id, placement: 'home', slot: 0, vertical: campaign.vertical, segments: [], personalised: true, policy: 'THOMPSON',
      propensity: 0.1, pClick: 0.05, modelVersionId, device: 'cpu', shadowModelVersionId: null, experimentId: null, experimentArm: null, candidates: [], passedOver: [],
      currency: campaign.currency, costMicros: 0n, reservedMicros: 0n, chargedMicros: 0n, expiresAt: createdAt, impressionAt: createdAt, clickAt: null, createdAt,
    })));
  };
}
