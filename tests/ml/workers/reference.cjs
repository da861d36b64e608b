// Our GPT-2 against values that PyTorch and transformers computed (tests/fixtures/reference).
const fs = require('node:fs');
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { readGpt2Directory } = product('ml/weights/hf-directory');
const { readSafetensors } = product('ml/weights/safetensors');
const { languageModelProgram, classifierProgram } = product('ml/train/programs');
const { Trainer } = product('ml/train/trainer');
const { packRows } = product('ml/gpt2/pack-rows');
const { sharedFeeds } = product('ml/gpt2/share-rows');
const { createSession } = product('ml/runtime/session');
const { rankerGraph, languageModelGraph } = product('ml/gpt2/inference-graphs');

const FIXTURES = path.join(__dirname, '..', '..', 'fixtures', 'reference');

const float = (data, dims = [data.length]) => ({ dtype: 'float32', dims, data: Float32Array.from(data) });

function languageModelFeeds(input) {
  const [B, T] = input.ids.shape;
  // The label of position t is predicted at t - 1: the last position predicts nothing.
  const targets = new BigInt64Array(B * T);
  const weights = new Float32Array(B * T);
  let count = 0;
  for (let b = 0; b < B; b++) {
    for (let t = 0; t + 1 < T; t++) {
      const label = input.labels.data[b * T + t + 1];
      if (label < 0n) continue;
      targets[b * T + t] = label;
      weights[b * T + t] = 1;
      count++;
    }
  }
  return {
    ids: { dtype: 'int32', dims: [B, T], data: Int32Array.from(input.ids.data, Number) },
    targets: { dtype: 'int64', dims: [B * T], data: targets },
    weights: float(weights.map((w) => w / count)),
  };
}

function classifierRows(ids, mask) {
  const [B, T] = ids.shape;
  const rows = Array.from({ length: B }, (_, b) => Array.from(ids.data.slice(b * T, (b + 1) * T), Number).filter((_, t) => mask.data[b * T + t] === 1n));
  // All but the last token as prefix: packed and plain must be the same.
  return packRows(rows.map((row) => ({ prefix: row.slice(0, -1), texts: [row.slice(-1)] })), { budget: 1, positions: 64 });
}

/** The same rows as lists of tokens, for the graph that serves: one half is prefix, the other candidate. */
function servedFeeds(ids, mask, limits) {
  const [B, T] = ids.shape;
  const rows = Array.from({ length: B }, (_, b) => Array.from(ids.data.slice(b * T, (b + 1) * T), Number).filter((_, t) => mask.data[b * T + t] === 1n));
  return sharedFeeds(rows.map((row) => ({ prefix: row.slice(0, row.length >> 1), texts: [row.slice(row.length >> 1)] })), limits);
}

const packedFeeds = (packed) => {
  const dims = [packed.rows, packed.length];
  return {
    ids: { dtype: 'int32', dims, data: packed.ids },
    segments: { dtype: 'int32', dims, data: packed.segments },
    positions: { dtype: 'int32', dims, data: packed.positions },
    rows: { dtype: 'int64', dims: [packed.ends.length], data: packed.ends },
  };
};

const apart = (ours, theirs) => ours.reduce((most, v, i) => Math.max(most, Math.abs(v - theirs[i])), 0);

answer(async ({ head }) => {
  const directory = path.join(FIXTURES, head);
  const { config, tensors } = await readGpt2Directory(directory);
  const weights = new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  const reference = JSON.parse(fs.readFileSync(path.join(directory, 'reference.json'), 'utf8'));
  const { tensors: values } = await readSafetensors(path.join(directory, 'reference.safetensors'));
  const input = Object.fromEntries([...values].filter(([n]) => n.startsWith('input.')).map(([n, v]) => [n.slice(6), v]));
  const ids = input.input_ids;
  const isClassifier = head === 'classifier';
  let feeds;
  let logits;
  if (isClassifier) {
    const packed = packedFeeds(classifierRows(ids, input.attention_mask));
    const labels = Array.from(input.labels.data, Number);
    feeds = { ...packed, point_targets: float(labels), point_weights: float(labels.map(() => 1 / labels.length)) };
    const session = await createSession(rankerGraph({ body: config }, weights));
    logits = Array.from((await session.run(servedFeeds(ids, input.attention_mask, config))).logits.data);
  } else {
    feeds = languageModelFeeds({ ids, labels: input.labels });
    const session = await createSession(languageModelGraph(config, weights));
    const [B, T] = ids.shape;
    const cache = Object.fromEntries(
      Array.from({ length: config.layers }, (_, l) => ['key', 'value'].map((k) => [`past_key_values.${l}.${k}`, float([], [B, config.heads, 0, config.channels / config.heads])])).flat(),
    );
    const positions = BigInt64Array.from({ length: B * T }, (_, i) => BigInt(i % T));
    const result = await session.run({
      input_ids: { dtype: 'int64', dims: [B, T], data: ids.data },
      attention_mask: { dtype: 'int64', dims: [B, T], data: new BigInt64Array(B * T).fill(1n) },
      position_ids: { dtype: 'int64', dims: [B, T], data: positions },
      ...cache,
    });
    logits = Array.from(result.logits.data);
  }
  const program = isClassifier ? classifierProgram(config) : languageModelProgram(config);
  const trainer = await Trainer.open(weights, program, { clip: Infinity });
  const { loss, gradients } = await trainer.differentiate(feeds);
  const relative = (ours, theirs) => {
    const size = Math.sqrt(theirs.reduce((sum, v) => sum + v * v, 0));
    return Math.sqrt(ours.reduce((sum, v, i) => sum + (v - theirs[i]) ** 2, 0)) / (size + 1e-6);
  };
  const gradientErrors = Object.fromEntries([...gradients].map(([name, g]) => [name, relative(Array.from(g), values.get(`gradient.${name}`).data)]));
  const losses = [loss];
  const normErrors = [];
  for (let step = 0; step < 10; step++) {
    await trainer.step([feeds], 1e-3);
    losses.push((await trainer.differentiate(feeds)).loss);
    for (const [name, { data }] of weights) {
      const norm = Math.sqrt(data.reduce((sum, v) => sum + v * v, 0));
      normErrors.push({ step, name, error: Math.abs(norm - reference.parameterNorms[step][name]) / norm });
    }
  }
  const after = Object.fromEntries([...weights].map(([name, { data }]) => [name, relative(Array.from(data), values.get(`after.${name}`).data)]));
  return { logitError: apart(logits, values.get('logits').data), loss, losses, reference: { loss: reference.loss, losses: reference.losses }, gradientErrors, normErrors, after };
});
