// What every device must do: the classifier and the language model of tests/fixtures/models on it, logits as plain numbers.
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { readRankerDirectory } = product('ml/serve/ranker-directory');
const { ScorerEngine } = product('ml/serve/scorer-engine');
const { readGpt2Directory } = product('ml/weights/hf-directory');
const { languageModelGraph } = product('ml/gpt2/inference-graphs');
const { createSession } = product('ml/runtime/session');

const MODELS = path.join(__dirname, '..', '..', 'fixtures', 'models');
const GROUPS = [
  { prefix: 'trail running | Mud is part of the plan', texts: ['Leave the road to others', 'Good mornings are poured', 'Mud, again'] },
  { prefix: '', texts: ['Good mornings are poured'] },
];

async function ranker(device) {
  const engine = await ScorerEngine.open(await readRankerDirectory(path.join(MODELS, 'ctr')), { device, threads: 1 });
  const logits = [];
  // Twice: a device keeps what it compiled, and other shapes must not trip over it.
  for (const groups of [GROUPS, [GROUPS[1]]]) logits.push(...(await engine.score(groups, () => false)).logits);
  await engine.release();
  return logits;
}

/** A prompt, then one token behind its keys and values. */
async function languageModel(device) {
  const { config, tensors } = await readGpt2Directory(path.join(MODELS, 'writer'), { head: 'language-model' });
  const session = await createSession(languageModelGraph(config, new Map(tensors)), { device, threads: 1 });
  const long = (dims, values) => ({ dtype: 'int64', dims, data: BigInt64Array.from(values, BigInt) });
  const feeds = (ids, past, cache) => ({
    input_ids: long([1, ids.length], ids),
    attention_mask: long([1, past + ids.length], Array(past + ids.length).fill(1)),
    position_ids: long([1, ids.length], ids.map((_, i) => past + i)),
    ...cache,
  });
  const none = { dtype: 'float32', dims: [1, config.heads, 0, config.channels / config.heads], data: new Float32Array(0) };
  const layers = Array.from({ length: config.layers }, (_, layer) => ['key', 'value'].map((part) => `${layer}.${part}`)).flat();
  const cache = (value) => Object.fromEntries(layers.map((name) => [`past_key_values.${name}`, value(name)]));
  const first = await session.run(feeds([5, 9, 17, 3], 0, cache(() => none)));
  const second = await session.run(feeds([8], 4, cache((name) => first[`present.${name}`])));
  await session.release();
  return [...first.logits.data, ...second.logits.data];
}

answer(async ({ device }) => ({ ranker: await ranker(device), languageModel: await languageModel(device) }));
