// One group of candidates ranked by every build of one model, and one padded float32 sequence per candidate, in turn.
import { parentPort, workerData } from 'node:worker_threads';
import { product } from '../platform.mjs';

const { createRng } = product('base/rng');
const { gpt2Body } = product('ml/gpt2/body');
const { classifierLogits } = product('ml/gpt2/heads');
const { buildRankerGraph } = product('ml/gpt2/inference-graphs');
const { initialise, parametersAsConstants } = product('ml/gpt2/parameters');
const { rankerParameters } = product('ml/gpt2/ranker');
const { sharedFeeds } = product('ml/gpt2/share-rows');
const { Graph } = product('ml/onnx/graph');
const { serialize } = product('ml/onnx/serialize');
const { halfGraph } = product('ml/precision/half-graph');
const { int8Graph } = product('ml/precision/int8-graph');
const { observedGraph } = product('ml/precision/ranges');
const { createSession } = product('ml/runtime/session');

const { body, weights: given, candidates, textTokens, prefixTokens, padded, repeats, threads } = workerData;
const shape = { body };
const weights = given ?? initialise(rankerParameters(shape), body, createRng(1));
const rng = createRng(3);
const tokens = (count) => Int32Array.from({ length: count }, () => rng.int(body.vocabulary));
const NONE = { rows: [], weights: [] };
const group = { prefix: tokens(prefixTokens), prefixFeatures: NONE, texts: Array.from({ length: candidates }, () => tokens(textTokens)), textFeatures: [], grams: [] };
const feedsOf = (texts) => sharedFeeds([{ ...group, texts }], body);

/** How a classifier is run without this engine: prefix, text and padding in one sequence. */
function paddedGraph() {
  const g = new Graph('padded');
  const param = parametersAsConstants(g, weights);
  const { hidden } = gpt2Body(g, body, param, { ids: g.input('ids', 'int32', ['B', padded]) });
  g.output('logits', classifierLogits(g, hidden, g.input('rows', 'int64', ['K']), param));
  return serialize(g);
}

function alone(text) {
  const ids = new Int32Array(padded);
  ids.set([...group.prefix, ...text]);
  return { ids: { dtype: 'int32', dims: [1, padded], data: ids }, rows: { dtype: 'int64', dims: [1], data: BigInt64Array.of(BigInt(prefixTokens + textTokens - 1)) } };
}

const exact = buildRankerGraph(shape, weights);
const { graph, read } = observedGraph(exact);
const observing = await createSession(serialize(graph), { threads });
const ranges = read(await observing.run(feedsOf(group.texts.slice(0, 20))));
await observing.release();

const builds = { fp32: exact, int8: int8Graph(exact, { ranges }), 'int8, scales found in each run': int8Graph(exact), fp16: halfGraph(exact) };
const sessions = {};
const sizes = {};
for (const [name, build] of Object.entries(builds)) {
  const bytes = serialize(build);
  sizes[name] = bytes.length;
  sessions[name] = await createSession(bytes, { threads });
}
const feeds = feedsOf(group.texts);
// A tenth of the candidates stands for all: they are alike, and each takes its own run.
const few = group.texts.slice(0, Math.max(1, candidates / 10)).map(alone);
const onePadded = await createSession(paddedGraph(), { threads });
const taken = { padded: [] };
const logits = {};
for (let i = -1; i < repeats; i++) {
  for (const [name, session] of Object.entries(sessions)) {
    const start = performance.now();
    logits[name] = Array.from((await session.run(feeds)).logits.data);
    if (i >= 0) (taken[name] ??= []).push(performance.now() - start);
  }
  const start = performance.now();
  for (const one of few) await onePadded.run(one);
  if (i >= 0) taken.padded.push(((performance.now() - start) * candidates) / few.length);
}
for (const session of Object.values(sessions)) await session.release();
await onePadded.release();
parentPort.postMessage({ taken, sizes, logits });
