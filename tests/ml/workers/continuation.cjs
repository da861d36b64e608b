// Counts the rows of each step of a continuation on the writer of the fixtures, chosen as the order says.
const path = require('node:path');
const { answer, product } = require('./answer.cjs');
const { continueRows } = product('ml/continuation/continue-rows');
const { continuationGraph } = product('ml/gpt2/continuation-graph');
const { createSession } = product('ml/runtime/session');
const { readGpt2Directory } = product('ml/weights/hf-directory');

answer(async ({ prompt, rows, maxTokens, batch, tokens, cancelAfter = Infinity }) => {
  const { config, tensors } = await readGpt2Directory(path.join(__dirname, '..', '..', 'fixtures', 'models', 'writer'));
  const session = await createSession(continuationGraph(config, new Map(tensors)), { threads: 1 });
  const steps = [];
  const counting = { run: (feeds) => (steps.push(feeds.ids.dims), session.run(feeds)) };
  const drawn = Array(rows).fill(0);
  const logits = Array.from({ length: rows }, () => []);
  let failure;
  try {
    await continueRows(counting, config, batch, {
      prompt, rows, maxTokens, temperature: 1,
      choose(row, next) {
        logits[row].push(next.logits[11]);
        return tokens[row % tokens.length][drawn[row]++] ?? undefined;
      },
      cancelled: () => steps.length > cancelAfter,
    });
  } catch ({ code, message }) {
    failure = { code, message };
  }
  await session.release();
  return { steps, drawn, logits, failure };
});
