// The self-check of the cpu against itself, how far its logits lie apart, and whether a device holds the graph of few operators.
const { answer, product } = require('./answer.cjs');
const { checkFeeds, checkGraph, holdsRows, selfCheck, TOLERANCE } = product('ml/devices/self-check');
const { createSession } = product('ml/runtime/session');

answer(async ({ device = 'cpu' }) => {
  if (device !== 'cpu') return { rows: await holdsRows(device) };
  const session = await createSession(checkGraph());
  const logits = [...(await session.run(checkFeeds(3))).logits.data];
  await session.release();
  return { spread: Math.max(...logits) - Math.min(...logits), tolerance: TOLERANCE, cpu: await selfCheck('cpu', { speed: true }), rows: await holdsRows('cpu') };
});
