// One trainer, step by step: what it sums, averages, keeps and restores.
const { answer, product } = require('./answer.cjs');
const { createRng } = product('base/rng');
const { bodyParameters, initialise } = product('ml/gpt2/parameters');
const { rankerParameters } = product('ml/gpt2/ranker');
const { documentBuilder, documentFeeds } = product('ml/train/documents');
const { languageModelProgram, rankerProgram } = product('ml/train/programs');
const { Trainer } = product('ml/train/trainer');

const CONFIG = { vocabulary: 30, positions: 16, channels: 8, layers: 1, heads: 2, inner: 32, layerNormEpsilon: 1e-5 };

/** The feeds of some documents, their weights a share of a whole. */
function feedsOf(documents, batch, whole) {
  const { feeds, weight } = documentFeeds(documents, batch);
  const factor = weight / whole;
  return { ...feeds, weights: { ...feeds.weights, data: feeds.weights.data.map((w) => w * factor) } };
}

const apart = (a, b) => {
  let most = 0;
  for (const [name, x] of a) for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i] - b.get(name)[i]));
  return most;
};
const copyOf = (weights) => new Map([...weights].map(([name, { data }]) => [name, data.slice()]));

answer(async () => {
  const rng = createRng(1);
  const builder = documentBuilder();
  for (let i = 0; i < 7; i++) builder.add(Array.from({ length: 3 + i }, () => rng.int(30)), 1 + i);
  const documents = builder.build();
  const whole = documentFeeds(documents, [0, 1, 2, 3, 4, 5, 6]).weight;
  const program = languageModelProgram(CONFIG);
  const open = (options = {}) => Trainer.open(initialise(bodyParameters(CONFIG), CONFIG, createRng(2)), program, { clip: 1, threads: 1, ...options });

  // Any grouping of the documents is one batch.
  const together = await open();
  const { loss, gradients } = await together.differentiate(feedsOf(documents, [0, 1, 2, 3, 4, 5, 6], whole));
  const groupings = [];
  for (const groups of [[[0, 1, 2], [3, 4, 5, 6]], [[6, 0], [1], [5, 2], [4, 3]], [[0], [1], [2], [3], [4], [5], [6]]]) {
    let sum = 0;
    const total = new Map([...gradients].map(([name, g]) => [name, new Float32Array(g.length)]));
    for (const group of groups) {
      const part = await together.differentiate(feedsOf(documents, group, whole));
      sum += part.loss;
      for (const [name, g] of part.gradients) g.forEach((v, i) => (total.get(name)[i] += v));
    }
    groupings.push({ loss: Math.abs(sum - loss), gradient: apart(gradients, total) });
  }

  // The running mean of the weights is the mean of what they were.
  const averaged = await open();
  const snapshots = [];
  for (let step = 0; step < 5; step++) {
    await averaged.step([feedsOf(documents, [step, step + 1], whole)], 0.05);
    if (step < 2) continue;
    averaged.accumulateAverage();
    snapshots.push(copyOf(averaged.weights));
  }
  const mean = new Map([...snapshots[0]].map(([name, data]) => [name, data.map((_, i) => snapshots.reduce((sum, s) => sum + s.get(name)[i], 0) / snapshots.length)]));
  const meanError = apart(mean, copyOf(averaged.averagedWeights()));
  const untouched = apart(snapshots.at(-1), copyOf(averaged.weights));
  const notYet = await open();
  const before = apart(copyOf(notYet.weights), copyOf(notYet.averagedWeights()));

  // State that is restored goes on as the original does.
  const state = new Map([...averaged.state()].map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]));
  const restored = await open();
  restored.restore(state, averaged.optimiser.steps, averaged.averagedSteps);
  for (const trainer of [averaged, restored]) {
    await trainer.step([feedsOf(documents, [1, 4], whole)], 0.05);
    trainer.accumulateAverage();
  }
  const goesOn = Math.max(apart(copyOf(averaged.weights), copyOf(restored.weights)), apart(copyOf(averaged.averagedWeights()), copyOf(restored.averagedWeights())));
  const refusal = (state_) => {
    try {
      restored.restore(state_, 1, 1);
      return 'accepted';
    } catch (error) {
      return `${error.code} ${error.message}`;
    }
  };
  state.delete('second.ln_f.bias');
  const incomplete = refusal(state);
  const nothing = await restored.step([], 0.1).catch((error) => `${error.code} ${error.message}`);

  // Frozen parts cost and get nothing.
  const shape = { body: CONFIG, wide: { buckets: 8, dimensions: 2 } };
  const wide = rankerProgram(shape, 'wide');
  const rates = await Trainer.open(initialise(rankerParameters(shape), CONFIG, createRng(2)), wide, { clip: 1, threads: 1, rates: { 'wide.text': 0.5 } });
  return {
    groupings, meanError, untouched, before, goesOn, incomplete, nothing,
    trained: wide.trained,
    rates: Object.fromEntries(rates.optimiser.parameters.map(({ name, rate, decay }) => [name, { rate, decay }])),
  };
});
