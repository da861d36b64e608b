// Our LoRA against values that PEFT and PyTorch computed (tests/fixtures/reference/lora).
const fs = require('node:fs');
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { readGpt2Directory } = product('ml/weights/hf-directory');
const { readSafetensors } = product('ml/weights/safetensors');
const { readAdapterDirectory } = product('ml/lora/adapter-directory');
const { mergeAdapter } = product('ml/lora/merge');
const { baseHash } = product('ml/lora/base-hash');
const { adaptableRankerGraph, adapterFeeds } = product('ml/lora/serving');
const { adapterProgram } = product('ml/train/adapter-program');
const { rankerGraph } = product('ml/gpt2/inference-graphs');
const { Trainer } = product('ml/train/trainer');
const { packRows } = product('ml/gpt2/pack-rows');
const { sharedFeeds } = product('ml/gpt2/share-rows');
const { createSession } = product('ml/runtime/session');

const FIXTURES = path.join(__dirname, '..', '..', 'fixtures', 'reference');
const float = (data) => ({ dtype: 'float32', dims: [data.length], data: Float32Array.from(data) });
const relative = (ours, theirs) => Math.sqrt(ours.reduce((sum, v, i) => sum + (v - theirs[i]) ** 2, 0)) / (Math.sqrt(theirs.reduce((sum, v) => sum + v * v, 0)) + 1e-6);
const apart = (ours, theirs) => ours.reduce((most, v, i) => Math.max(most, Math.abs(v - theirs[i])), 0);

function rowsOf(input) {
  const [B, T] = input.input_ids.shape;
  return Array.from({ length: B }, (_, b) => Array.from(input.input_ids.data.slice(b * T, (b + 1) * T), Number).filter((_, t) => input.attention_mask.data[b * T + t] === 1n));
}

/** Rows as the graph that serves reads them: one half is prefix, the other candidate. */
function served(input, limits) {
  return sharedFeeds(rowsOf(input).map((row) => ({ prefix: row.slice(0, row.length >> 1), texts: [row.slice(row.length >> 1)] })), limits);
}

/** All but the last token of a row as prefix: packed and plain must be the same. */
function packed(input) {
  const rows = rowsOf(input);
  const p = packRows(rows.map((row) => ({ prefix: row.slice(0, -1), texts: [row.slice(-1)] })), { budget: 1, positions: 64 });
  const dims = [p.rows, p.length];
  return {
    ids: { dtype: 'int32', dims, data: p.ids },
    segments: { dtype: 'int32', dims, data: p.segments },
    positions: { dtype: 'int32', dims, data: p.positions },
    rows: { dtype: 'int64', dims: [p.ends.length], data: p.ends },
  };
}

answer(async ({ name }) => {
  const { config, tensors } = await readGpt2Directory(path.join(FIXTURES, 'classifier'));
  const base = new Map([...tensors].map(([key, { shape, data }]) => [key, { shape, data }]));
  const before = baseHash(base);
  const directory = path.join(FIXTURES, 'lora', name);
  const adapter = await readAdapterDirectory(directory, { config, labels: 1, hash: before });
  const reference = JSON.parse(fs.readFileSync(path.join(directory, 'reference.json'), 'utf8'));
  const { tensors: values } = await readSafetensors(path.join(directory, 'reference.safetensors'));
  const { tensors: given } = await readSafetensors(path.join(FIXTURES, 'classifier', 'reference.safetensors'));
  const input = Object.fromEntries([...given].filter(([n]) => n.startsWith('input.')).map(([n, v]) => [n.slice(6), v]));
  const theirs = (kind, key) => values.get(`${kind}.base_model.model.${key === 'score.weight' ? key : `transformer.${key}.weight`}`).data;

  const shape = { body: config };
  const rows = packed(input);
  const lists = served(input, config);
  const serving = await createSession(adaptableRankerGraph(shape, base), { threads: 1 });
  const logits = Array.from((await serving.run({ ...lists, ...adapterFeeds(config, base, adapter) })).logits.data);
  const none = Array.from((await serving.run({ ...lists, ...adapterFeeds(config, base) })).logits.data);
  const plain = await createSession(rankerGraph(shape, base), { threads: 1 });
  const baseLogits = Array.from((await plain.run(lists)).logits.data);
  const merged = await createSession(rankerGraph(shape, mergeAdapter(base, adapter)), { threads: 1 });
  const mergedLogits = Array.from((await merged.run(lists)).logits.data);

  const labels = Array.from(input.labels.data, Number);
  const feeds = {
    ...rows,
    point_targets: float(labels), point_weights: float(labels.map(() => 1 / labels.length)),
    pair_first: { dtype: 'int64', dims: [1], data: BigInt64Array.of(0n) }, pair_second: { dtype: 'int64', dims: [1], data: BigInt64Array.of(0n) },
    pair_targets: float([0.5]), pair_weights: float([0]),
    line_scales: float(labels.map(() => 1)), line_shifts: float(labels.map(() => 0)),
  };
  const head = adapter.weights.has('score.weight');
  const program = adapterProgram({ shape, base, sites: adapter.sites, head });
  const trainer = await Trainer.open(adapter.weights, program, { clip: Infinity, threads: 1 });
  const { loss, gradients } = await trainer.differentiate(feeds);
  const gradientErrors = Object.fromEntries([...gradients].map(([key, g]) => [key, relative(Array.from(g), theirs('gradient', key))]));
  const losses = [loss];
  for (let step = 0; step < 10; step++) {
    await trainer.step([feeds], reference.optimiser.rate);
    losses.push((await trainer.differentiate(feeds)).loss);
  }
  const after = Object.fromEntries([...adapter.weights].map(([key, { data }]) => [key, relative(Array.from(data), theirs('after', key))]));
  return {
    logitError: apart(logits, values.get('logits').data), mergedError: apart(mergedLogits, logits), zeroIsBase: none.every((v, i) => v === baseLogits[i]),
    moved: apart(logits, baseLogits), losses, reference: reference.losses, gradientErrors, after, baseUntouched: baseHash(base) === before,
  };
});
