// Scores of groups by the shared-prefix graph and by the one for devices, and of each candidate alone by the plain one.
const { answer, product } = require('./answer.cjs');
const { createSession } = product('ml/runtime/session');
const { Graph } = product('ml/onnx/graph');
const { serialize } = product('ml/onnx/serialize');
const { buildDeviceRankerGraph, rankerGraph } = product('ml/gpt2/inference-graphs');
const { rankerFeeds, sideFeeds } = product('ml/gpt2/rank-feeds');
const { rowFeeds } = product('ml/gpt2/device-rows');
const { sharedFeeds, keyValueNames } = product('ml/gpt2/share-rows');
const { rankerInputs, rankerLogits, rankerParameters } = product('ml/gpt2/ranker');
const { initialise, parametersAsConstants } = product('ml/gpt2/parameters');
const { halfGraph } = product('ml/precision/half-graph');
const { w8a16Graph } = product('ml/precision/w8a16-graph');
const { createRng } = product('base/rng');

const features = (ids) => ({ rows: Int32Array.from(ids, (id) => 1 + (id % 60)), weights: Float32Array.from(ids, (id) => 0.1 + id / 100) });
const rankGroup = ({ prefix, texts }) => ({
  prefix: Int32Array.from(prefix),
  prefixFeatures: features(prefix),
  texts: texts.map((t) => Int32Array.from(t)),
  textFeatures: texts.map(features),
  grams: texts.map(features),
});

/** The graph that training differentiates: rows of a prefix and candidates. */
function plainGraph(shape, weights) {
  const g = new Graph('plain');
  g.output('logits', rankerLogits(g, shape, parametersAsConstants(g, weights), rankerInputs(g, shape)));
  return serialize(g);
}

answer(async ({ shape, bucketCounts, cases }) => {
  const rng = createRng(7);
  const weights = initialise(rankerParameters(shape), shape.body, rng);
  // Weights of the size that training gives, so that attention is not flat and an error shows.
  for (const { data } of weights.values()) for (let i = 0; i < data.length; i++) data[i] += 0.25 * rng.normal();
  const beside = { wide: !!shape.wide, grams: shape.grams };
  const plain = await createSession(plainGraph(shape, weights), { threads: 1 });
  const alone = async (groups) => {
    const logits = [];
    for (const group of groups) {
      for (const i of group.texts.keys()) {
        const one = { ...group, texts: [group.texts[i]], textFeatures: [group.textFeatures[i]], grams: [group.grams[i]] };
        const feeds = rankerFeeds([one], { rowBudget: 1, positions: shape.body.positions, deep: true, ...beside });
        logits.push((await plain.run(feeds)).logits.data[0]);
      }
    }
    return logits;
  };
  const rows = await createSession(serialize(buildDeviceRankerGraph(shape, weights)), { threads: 1 });
  const narrow = [];
  for (const build of [halfGraph, w8a16Graph]) narrow.push(await createSession(serialize(build(buildDeviceRankerGraph(shape, weights))), { threads: 1 }));
  const results = [];
  for (const buckets of bucketCounts) {
    const shared = await createSession(rankerGraph(shape, weights, buckets), { threads: 1 });
    for (const groups of cases.map((c) => c.map(rankGroup))) {
      const feeds = (past) => ({ ...sharedFeeds(groups, shape.body, past, buckets), ...sideFeeds(groups, beside) });
      const whole = await shared.run(feeds());
      const result = { buckets, alone: await alone(groups), together: Array.from(whole.logits.data) };
      if (groups.length === 1 && groups[0].prefix.length > 0) {
        const past = new Map(keyValueNames(shape.body).map((name) => [name, whole[`present.${name}`]]));
        const behindCache = await shared.run(feeds(past), ['logits']);
        result.cached = Array.from(behindCache.logits.data);
        result.cachedTokens = past.get('0.key').dims[2];
      }
      if (buckets === 1) {
        const feeds = { ...rowFeeds(groups, shape.body), ...sideFeeds(groups, beside) };
        result.rows = Array.from((await rows.run(feeds)).logits.data);
        result.narrow = [];
        for (const build of narrow) result.narrow.push(Array.from((await build.run(feeds)).logits.data));
      }
      results.push(result);
    }
    await shared.release();
  }
  return results;
});
