// A language model whose head is not its embeddings: each token's row is that of the next, so that logits must be the tied ones moved by one.
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { openLanguageModel } = product('ml/serve/open-language-model');
const { readGpt2Directory, writeGpt2Directory } = product('ml/weights/hf-directory');

const DIRECTORY = path.join(__dirname, '..', '..', '..', 'models', 'writer');

answer(async ({ engine }) => {
  const root = mkdtempSync(path.join(tmpdir(), 'adloom-head-'));
  const logitsOf = async (directory) => {
    const model = await openLanguageModel(directory, path.join(root, 'cache'), { engine });
    let logits;
    await model.continueRows({ prompt: [5, 17, 300], rows: 1, maxTokens: 1, temperature: 1, cancelled: () => false, choose: (_, next) => void (logits = Float32Array.from(next.logits)) });
    return logits;
  };
  const { config, head, tensors } = await readGpt2Directory(DIRECTORY);
  const { shape: [V, C], data } = tensors.get('wte.weight');
  const moved = Float32Array.from({ length: V * C }, (_, i) => data[(i + C) % (V * C)]);
  const untied = path.join(root, 'untied');
  await writeGpt2Directory(untied, { config: { ...config, tiedHead: false }, head, tensors: new Map([...tensors, ['lm_head.weight', { dtype: 'F32', shape: [V, C], data: moved }]]), tokenizer: { copyFrom: DIRECTORY } });
  const [tied, own] = [await logitsOf(DIRECTORY), await logitsOf(untied)];
  rmSync(root, { recursive: true, force: true });
  return own.reduce((most, logit, v) => Math.max(most, Math.abs(logit - tied[(v + 1) % V])), 0);
});
