// How often ranges asked whether they are still wanted, and whether they were found, when they are wanted so many times.
const { answer, product } = require('./answer.cjs');
const { observeRanges } = product('ml/serve/precision-builds');
const { readRankerDirectory } = product('ml/serve/ranker-directory');

answer(async ({ directory, groups, wanted }) => {
  let asked = 0;
  const ranges = await observeRanges(await readRankerDirectory(directory), groups, { threads: 1 }, () => ++asked > wanted);
  return { asked, found: ranges !== undefined };
});
