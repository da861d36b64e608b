// The language-model graph under every way of feeding it: whole, in pieces behind a cache, padded on the left.
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { languageModelGraph } = product('ml/gpt2/inference-graphs');
const { createSession } = product('ml/runtime/session');
const { readGpt2Directory } = product('ml/weights/hf-directory');
const { readSafetensors } = product('ml/weights/safetensors');

const DIRECTORY = path.join(__dirname, '..', '..', 'fixtures', 'reference', 'language-model');

answer(async ({ pieces }) => {
  const { config, tensors } = await readGpt2Directory(DIRECTORY);
  const { tensors: values } = await readSafetensors(path.join(DIRECTORY, 'reference.safetensors'));
  const { shape: [B, T], data: ids } = values.get('input.input_ids');
  const reference = values.get('logits').data;
  const session = await createSession(languageModelGraph(config, new Map(tensors)), { threads: 1 });
  const HS = config.channels / config.heads;
  const V = config.vocabulary;
  const int64 = (dims, data) => ({ dtype: 'int64', dims, data: BigInt64Array.from(data, BigInt) });
  const names = Array.from({ length: config.layers }, (_, l) => [`${l}.key`, `${l}.value`]).flat();
  const empty = (batch) => Object.fromEntries(names.map((name) => [`past_key_values.${name}`, { dtype: 'float32', dims: [batch, config.heads, 0, HS], data: new Float32Array(0) }]));

  /** Rows of equal length through the graph in pieces of these lengths; logits [B, T, V] flat. */
  async function inPieces(rows, lengths, pad = 0) {
    const logits = rows.map(() => []);
    let past = empty(rows.length);
    let from = 0;
    for (const length of lengths) {
      const to = from + length;
      const results = await session.run({
        input_ids: int64([rows.length, length], rows.flatMap((row) => row.slice(from, to))),
        attention_mask: int64([rows.length, to], rows.flatMap(() => Array.from({ length: to }, (_, i) => (i < pad ? 0 : 1)))),
        position_ids: int64([rows.length, length], rows.flatMap(() => Array.from({ length }, (_, i) => Math.max(0, from + i - pad)))),
        ...past,
      });
      rows.forEach((_, b) => logits[b].push(...results.logits.data.subarray(b * length * V, (b + 1) * length * V)));
      past = Object.fromEntries(names.map((name) => [`past_key_values.${name}`, results[`present.${name}`]]));
      from = to;
    }
    return logits.flat();
  }

  const apart = (a, b) => a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), a.length === b.length ? 0 : Infinity);
  const rows = Array.from({ length: B }, (_, b) => Array.from(ids.subarray(b * T, (b + 1) * T), Number));
  const cut = (lengths) => {
    const all = [];
    for (let left = T, i = 0; left > 0; i++) {
      all.push(Math.min(left, lengths[i % lengths.length]));
      left -= all.at(-1);
    }
    return all;
  };
  const errors = {};
  for (const lengths of pieces) errors[`pieces of ${lengths.join(' and ')}`] = apart(await inPieces(rows, cut(lengths)), reference);
  // Padding on the left, any tokens: nothing of it may show.
  for (const pad of [1, 5]) {
    const padded = rows.map((row, b) => [...Array.from({ length: pad }, (_, i) => (7 * b + i) % V), ...row]);
    for (const lengths of [[T + pad], [pad + 1, ...Array(T - 1).fill(1)]]) {
      const logits = await inPieces(padded, lengths, pad);
      const shown = rows.flatMap((_, b) => logits.slice(((T + pad) * b + pad) * V, (T + pad) * (b + 1) * V));
      errors[`${pad} of padding in ${lengths.length} runs`] = apart(shown, reference);
    }
  }
  // One row alone, and rows of different lengths side by side.
  errors.alone = apart(await inPieces([rows[1]], [T]), reference.subarray(T * V, 2 * T * V));
  await session.release();
  return { errors, inputs: session.inputs, outputs: session.outputs };
});
