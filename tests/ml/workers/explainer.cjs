// Explanations of real rankers: what they claim, and what the scorer says when a word is taken away.
const { answer, product } = require('./answer.cjs');
const { readRankerDirectory } = product('ml/serve/ranker-directory');
const { Explainer } = product('ml/explain/explainer');
const { buildPathGraph } = product('ml/explain/path-graph');
const { neutralEmbedding } = product('ml/explain/baseline');
const { rankSequence } = product('ml/gpt2/rank-text');
const { serialize } = product('ml/onnx/serialize');
const { structuralHash } = product('ml/onnx/structural-hash');
const { createSession } = product('ml/runtime/session');
const { ScorerEngine } = product('ml/serve/scorer-engine');

const never = () => false;
const without = (text, { start, end }) => `${text.slice(0, start)} ${text.slice(end)}`.replace(/ +/g, ' ').trim();

async function explainAll({ directory, pairs }) {
  const ranker = await readRankerDirectory(directory);
  const explainer = await Explainer.open(ranker, { threads: 1 });
  const scorer = await ScorerEngine.open(ranker, { threads: 1 });
  const score = async (prefix, text) => (await scorer.score([{ prefix, texts: [text] }], never)).logits[0];
  const results = [];
  for (const { prefix, text } of pairs) {
    const explanation = await explainer.explain(prefix, text, never);
    // The strongest word of the text either way, and the score without it.
    const taken = [];
    for (const sign of [1, -1]) {
      const top = explanation.words.filter((word) => word.source === 'TEXT').sort((a, b) => sign * (b.contribution - a.contribution))[0];
      if (top && sign * top.contribution > 0.05) taken.push({ top, scored: await score(prefix, without(text, top)) });
    }
    results.push({ explanation, scored: await score(prefix, text), taken });
  }
  await explainer.release();
  return results;
}

/** One point of the path: the gradient towards each token against central differences of moving that token alone. */
async function checkGradient({ directory, prefix, text }) {
  const ranker = await readRankerDirectory(directory);
  const { body } = ranker.shape;
  const session = await createSession(serialize(buildPathGraph(body, ranker.weights)), { threads: 1 });
  const { tokens } = rankSequence(prefix, text, ranker.tokenizer, ranker.text);
  const T = tokens.length;
  const alpha = 0.4;
  const run = async (moved) =>
    session.run({
      ids: { dtype: 'int32', dims: [1, T], data: Int32Array.from(tokens, (token) => token.id) },
      moved: { dtype: 'float32', dims: [T], data: Float32Array.from(moved) },
      alphas: { dtype: 'float32', dims: [1], data: Float32Array.of(alpha) },
      steps: { dtype: 'float32', dims: [1], data: Float32Array.of(1) },
      rows: { dtype: 'int64', dims: [1], data: BigInt64Array.of(BigInt(T - 1)) },
      baseline: { dtype: 'float32', dims: [body.channels], data: neutralEmbedding(body, ranker.weights, ranker.tokenizer) },
    });
  const moved = tokens.map((token) => (token.source ? 1 : 0));
  const exact = Array.from((await run(moved)).attributions.data);
  const found = [];
  for (let t = 0; t < T; t++) {
    const at = async (step) => (await run(moved.map((m, i) => (i === t ? m + step : m)))).logits.data[0];
    // A token stands at text - moved (1 - alpha) (text - baseline).
    found.push(moved[t] === 0 ? 0 : -((await at(0.02)) - (await at(-0.02))) / 0.04 / (1 - alpha));
  }
  return { exact, found };
}

async function cancelling({ directory, prefix, text }) {
  const explainer = await Explainer.open(await readRankerDirectory(directory), { threads: 1 });
  let asked = 0;
  const outcome = await explainer.explain(prefix, text, () => ++asked > 1);
  return { asked, outcome: outcome ?? null };
}

async function hash() {
  const config = { vocabulary: 32, positions: 16, channels: 8, layers: 2, heads: 2, inner: 32, layerNormEpsilon: 1e-5 };
  const { initialise, bodyParameters, classifierParameters } = product('ml/gpt2/parameters');
  const { createRng } = product('base/rng');
  return structuralHash(buildPathGraph(config, initialise([...bodyParameters(config), ...classifierParameters(config)], config, createRng(1))));
}

answer((data) => ({ explainAll, checkGradient, cancelling, hash })[data.what](data));
