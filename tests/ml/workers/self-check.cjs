// The self-check of the cpu against itself, and how far its logits lie apart.
const { answer, product } = require('./answer.cjs');
const { checkFeeds, checkGraph, selfCheck, TOLERANCE } = product('ml/devices/self-check');
const { createSession } = product('ml/runtime/session');

answer(async () => {
  const session = await createSession(checkGraph());
  const logits = [...(await session.run(checkFeeds(3))).logits.data];
  await session.release();
  return { spread: Math.max(...logits) - Math.min(...logits), tolerance: TOLERANCE, cpu: await selfCheck('cpu', { speed: true }) };
});
