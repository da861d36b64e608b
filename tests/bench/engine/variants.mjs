// Ways to score a request with one model, by name: each opens a session and, for a request, gives a function that scores it once.
// A further way (another precision, say) is a further entry; `speedUp` of variant-rows.mjs times any two in turn.
import { product } from '../platform.mjs';

const { Graph } = product('ml/onnx/graph');
const { serialize } = product('ml/onnx/serialize');
const { createSession } = product('ml/runtime/session');
const { rankerGraph } = product('ml/gpt2/inference-graphs');
const { parametersAsConstants } = product('ml/gpt2/parameters');
const { rankerFeeds } = product('ml/gpt2/rank-feeds');
const { rankerInputs, rankerLogits } = product('ml/gpt2/ranker');
const { keyValueNames, sharedFeeds } = product('ml/gpt2/share-rows');

export const VARIANTS = {
  async 'shared prefix'({ body, weights }, threads) {
    const session = await createSession(rankerGraph({ body }, weights), { threads });
    return (groups) => () => session.run(sharedFeeds(groups, body), ['logits']);
  },
  /** The prefix's keys and values are given, not computed. */
  async 'remembered prefix'({ body, weights }, threads) {
    const session = await createSession(rankerGraph({ body }, weights), { threads });
    return async (groups) => {
      const first = await session.run(sharedFeeds(groups, body));
      const past = new Map(keyValueNames(body).map((name) => [name, first[`present.${name}`]]));
      return () => session.run(sharedFeeds(groups, body, past), ['logits']);
    };
  },
  /** Rows of about 256 tokens, each with its prefix: what training reads. */
  async 'packed rows'({ body, weights }, threads) {
    const g = new Graph('packed');
    g.output('logits', rankerLogits(g, { body }, parametersAsConstants(g, weights), rankerInputs(g, { body })));
    const session = await createSession(serialize(g), { threads });
    return (groups) => () => session.run(rankerFeeds(groups, { rowBudget: 256, positions: body.positions, deep: true, wide: false }));
  },
};

/** Groups of candidates behind prefixes of their own, so many tokens each, from a seed. */
export function request(body, { groups = 1, candidates, prefix, text }) {
  const rng = product('base/rng').createRng(2);
  const tokens = (n) => Int32Array.from({ length: n }, () => rng.int(body.vocabulary));
  const none = { rows: [], weights: [] };
  return Array.from({ length: groups }, () => ({
    prefix: tokens(prefix), prefixFeatures: none, texts: Array.from({ length: candidates }, () => tokens(text)), textFeatures: [], grams: [],
  }));
}
