// Loss per token that a writer's directory gives to copy behind prompts, set by set.
const fs = require('node:fs');
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { createBpeTokenizer } = product('ml/tokenizer/bpe');
const { parseTokenizerJson } = product('ml/tokenizer/tokenizer-json');
const { documentBuilder } = product('ml/train/documents');
const { languageModelTask } = product('ml/train/language-model-task');
const { readGpt2Directory } = product('ml/weights/hf-directory');

answer(async ({ directory, sets }) => {
  const { config, tensors } = await readGpt2Directory(directory, { head: 'language-model' });
  const weights = new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data }]));
  const tokenizer = createBpeTokenizer(parseTokenizerJson(fs.readFileSync(path.join(directory, 'tokenizer.json'), 'utf8')));
  const end = tokenizer.tokenId('<|endoftext|>');
  const losses = {};
  for (const [name, lines] of Object.entries(sets)) {
    const builder = documentBuilder();
    for (const { prompt, text } of lines) {
      const asked = tokenizer.encode(prompt);
      const ids = [end, ...asked, ...tokenizer.encode(text), end];
      builder.add(ids, ids.map((_, i) => (i > asked.length ? 1 : 0)));
    }
    const documents = builder.build();
    const task = languageModelTask({ config, training: documents, validation: documents, batchTokens: 640, dropout: 0, threads: 1 });
    losses[name] = (await task.evaluate(weights)).loss;
    await task.close();
  }
  return losses;
});
