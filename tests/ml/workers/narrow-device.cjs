// The fixture's classifier on a device, with a report whose figures let every build pass: what it runs in, and its scores.
const { mkdtempSync, cpSync, writeFileSync, rmSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { BUILDS } = product('ml/precision/builds');
const { openScorer } = product('ml/serve/open-scorer');
const { readRankerDirectory } = product('ml/serve/ranker-directory');

answer(async ({ device, precision }) => {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'adloom-narrow-'));
  try {
    cpSync(path.join(__dirname, '..', '..', 'fixtures', 'models', 'ctr'), directory, { recursive: true });
    const figures = { groups: 1, candidates: 1, top1: 1, top1Alone: 1, ece: 0, error: 0, margin: 0, again: 0 };
    const { id } = await readRankerDirectory(directory);
    writeFileSync(path.join(directory, 'precision.json'), JSON.stringify({ model: id, set: 'none', builds: Object.fromEntries(BUILDS.map((build) => [build, figures])), ranges: {} }));
    const scorer = await openScorer(directory, { device, precision, threads: 1 });
    const { scores, device: computed } = await scorer.score({ prefix: 'trail running', texts: ['Mud is part of the plan', 'Good mornings are poured'] });
    const { used, why } = scorer.identity.precision;
    await scorer.close();
    return { used, why, device: computed, logits: scores.map(({ logit }) => logit) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
