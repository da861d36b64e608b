import { rememberScores } from '../../../src/ml/serve/remembered-scores';
import type { AdaptableScorer } from '../../../src/ml/serve/adapter-types';
import type { ScoreReply } from '../../../src/ml/serve/types';

/** A model that counts what it is asked. Its logit says which call it was and what was asked. */
function countingScorer() {
  const asked: { prefix: string; texts: readonly string[]; adapter?: string }[] = [];
  const scorer = {
    identity: { device: 'cpu' },
    async score(request: { prefix: string; texts: readonly string[]; adapter?: string }, options?: { signal?: AbortSignal }): Promise<ScoreReply> {
      if (options?.signal?.aborted) throw new Error('CANCELLED');
      asked.push(request);
      const scores = request.texts.map((text) => ({ logit: 1000 * asked.length + text.length, probability: 0.5, uncertainty: 1 }));
      return { scores, timing: { tokeniseMs: 1, queueMs: 2, inferenceMs: 3 }, device: 'cpu', ...(request.prefix.length > 20 ? { prefixTrimmed: 4 } : {}) };
    },
    unloadAdapter: async () => true,
  };
  return { asked, scorer: scorer as unknown as AdaptableScorer };
}

const logits = ({ scores }: ScoreReply): number[] => scores.map(({ logit }) => logit);

test('what was asked before is answered without the model, in the order asked, twins included', async () => {
  const { scorer, asked } = countingScorer();
  const remembering = rememberScores(scorer, 1e6);
  expect(logits(await remembering.score({ prefix: 'p', texts: ['a', 'bb', 'a'] }))).toEqual([1001, 1002, 1001]);
  expect(logits(await remembering.score({ prefix: 'p', texts: ['bb', 'ccc', 'a', 'ccc'] }))).toEqual([1002, 2003, 1001, 2003]);
  const all = await remembering.score({ prefix: 'p', texts: ['ccc', 'a'] });
  expect(logits(all)).toEqual([2003, 1001]);
  expect(all).toMatchObject({ device: 'cpu', timing: { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 } });
  expect(asked.map(({ texts }) => texts)).toEqual([['a', 'bb'], ['ccc']]);
});

test('another prefix or adapter is another question', async () => {
  const { scorer, asked } = countingScorer();
  const remembering = rememberScores(scorer, 1e6);
  for (const request of [{ prefix: '', texts: ['a'] }, { prefix: 'p', texts: ['a'] }, { prefix: 'p', texts: ['a'], adapter: 'x' }, { prefix: 'p', texts: ['a'], adapter: 'y' }]) {
    await remembering.score(request);
    await remembering.score(request);
  }
  expect(asked).toHaveLength(4);
});

test('an adapter that was unloaded answers no more out of memory', async () => {
  const { scorer, asked } = countingScorer();
  const remembering = rememberScores(scorer, 1e6);
  const of = (adapter: string) => remembering.score({ prefix: 'p', texts: ['a'], adapter });
  await of('x');
  await of('y');
  await remembering.unloadAdapter('x');
  await of('x');
  await of('y');
  expect(asked.map(({ adapter }) => adapter)).toEqual(['x', 'y', 'x']);
});

test('a prefix that was trimmed is said to have been each time', async () => {
  const remembering = rememberScores(countingScorer().scorer, 1e6);
  const request = { prefix: 'a history of more than it reads', texts: ['a'] };
  expect([await remembering.score(request), await remembering.score(request)].map(({ prefixTrimmed }) => prefixTrimmed)).toEqual([4, 4]);
});

test('memory is bounded: what was longest unused is computed anew', async () => {
  const { scorer, asked } = countingScorer();
  const remembering = rememberScores(scorer, 4_000);
  for (let i = 0; i < 100; i++) await remembering.score({ prefix: `person ${i}`, texts: ['a', 'b'] });
  await remembering.score({ prefix: 'person 99', texts: ['a', 'b'] });
  expect(asked).toHaveLength(100);
  await remembering.score({ prefix: 'person 0', texts: ['a', 'b'] });
  expect(asked).toHaveLength(101);
});

test('without memory, and for a call that was given up, the model is asked', async () => {
  const { scorer } = countingScorer();
  expect(rememberScores(scorer, 0)).toBe(scorer);
  const remembering = rememberScores(scorer, 1e6);
  await remembering.score({ prefix: 'p', texts: ['a'] });
  await expect(remembering.score({ prefix: 'p', texts: ['a'] }, { signal: AbortSignal.abort() })).rejects.toThrow('CANCELLED');
});
