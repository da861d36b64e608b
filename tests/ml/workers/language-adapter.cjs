// A language model's adapter against the same model merged: loss, gradients by the chain rule, weights of documents.
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { createRng } = product('base/rng');
const { readGpt2Directory } = product('ml/weights/hf-directory');
const { newAdapter } = product('ml/lora/adapter');
const { LORA_TARGETS, loraSites } = product('ml/lora/sites');
const { mergeAdapter } = product('ml/lora/merge');
const { documentBuilder, documentFeeds } = product('ml/train/documents');
const { languageAdapterProgram } = product('ml/train/language-adapter-program');
const { languageAdapterTask } = product('ml/train/language-adapter-task');
const { languageModelProgram } = product('ml/train/programs');
const { Trainer } = product('ml/train/trainer');

const LANGUAGE_MODEL = path.join(__dirname, '..', '..', 'fixtures', 'reference', 'language-model');
const relative = (ours, theirs) => Math.sqrt(ours.reduce((sum, v, i) => sum + (v - theirs[i]) ** 2, 0)) / (Math.sqrt(theirs.reduce((sum, v) => sum + v * v, 0)) + 1e-6);

/** dL/dA and dL/dB of W' = W + s (B A)^T, from dL/dW' [in, out]. */
function byChainRule({ layer, in: inputs, out, rank, scale }, adapter, dense) {
  const [a, b, dw] = [adapter.get(`${layer}.lora_A`).data, adapter.get(`${layer}.lora_B`).data, dense.get(`${layer}.weight`)];
  const [da, db] = [new Float64Array(a.length), new Float64Array(b.length)];
  for (let i = 0; i < inputs; i++)
    for (let o = 0; o < out; o++)
      for (let r = 0; r < rank; r++) {
        da[r * inputs + i] += scale * dw[i * out + o] * b[o * rank + r];
        db[o * rank + r] += scale * dw[i * out + o] * a[r * inputs + i];
      }
  return { [`${layer}.lora_A`]: da, [`${layer}.lora_B`]: db };
}

function documentsOf(config, weights) {
  const rng = createRng(2);
  const builder = documentBuilder();
  weights.forEach((weight, i) => builder.add(Array.from({ length: 5 + (i % 3) }, () => rng.int(config.vocabulary)), weight));
  return builder.build();
}

answer(async () => {
  const { config, tensors } = await readGpt2Directory(LANGUAGE_MODEL, { head: 'language-model' });
  const base = new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));
  const sites = loraSites({ rank: 3, alpha: 5, dropout: 0, targets: LORA_TARGETS, head: false }, config);
  const { weights } = newAdapter(sites, createRng(1));
  const rng = createRng(7);
  for (const [name, { data }] of weights) if (name.endsWith('lora_B')) for (let i = 0; i < data.length; i++) data[i] = 0.1 * rng.normal();
  const documents = documentsOf(config, [1, 0.2, 3, 0.5, 1]);
  const { feeds } = documentFeeds(documents, [0, 1, 2, 3, 4]);
  const options = { clip: Infinity, threads: 1 };

  const adapted = await Trainer.open(weights, languageAdapterProgram({ config, base, sites }), options);
  const ours = await adapted.differentiate(feeds);
  const dense = await Trainer.open(mergeAdapter(base, { sites, weights }), languageModelProgram(config), options);
  const theirs = await dense.differentiate(feeds);
  const plain = await Trainer.open(base, languageModelProgram(config), options);
  const expected = Object.assign({}, ...sites.map((site) => byChainRule(site, weights, theirs.gradients)));

  // Whatever the batches, an epoch's losses are the loss of all documents together, each at its weight.
  const set = (name, list) => ({ name, documents: documentsOf(config, list), share: 1 });
  const job = (batchTokens, sets) => ({ config, base, sites, training: sets, validation: sets.map((each, i) => ({ ...each, share: i === 0 ? 1 : -0.5 })), batchTokens, dropout: { body: 0, adapter: 0 }, threads: 1 });
  const sets = [set('winners', [4, 2, 1, 1]), set('replay', [0.1, 0.1, 0.2])];
  const epoch = async (batchTokens) => {
    const batches = languageAdapterTask(job(batchTokens, sets)).batches(createRng(3));
    let sum = 0;
    for (const batch of batches) sum += (await adapted.differentiate(batch.feeds())).loss;
    return { batches: batches.length, mean: sum / batches.length };
  };
  const task = languageAdapterTask(job(40, sets));
  const evaluation = await task.evaluate(weights);
  await task.close();
  return {
    loss: ours.loss, merged: theirs.loss, baseLoss: (await plain.differentiate(feeds)).loss,
    gradientErrors: Object.fromEntries([...ours.gradients].map(([name, g]) => [name, relative(Array.from(g), Array.from(expected[name]))])),
    epochs: [await epoch(1), await epoch(13), await epoch(30)], evaluation,
  };
});
