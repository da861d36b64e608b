import { rememberingScorer } from '../../src/main/simulate/remembering-scorer';
import type { AdaptableScorer } from '../../src/ml/serve/adapter-types';
import { wordScorer } from '../support/word-models';

function counted(): { scorer: AdaptableScorer; asked: string[] } {
  const asked: string[] = [];
  const words = wordScorer();
  const unused = (): never => {
    throw new Error('not asked for here');
  };
  const behind: AdaptableScorer = {
    ...words, loadAdapter: unused, unloadAdapter: unused, adapterStats: unused,
    score: (request, options) => (asked.push(...request.texts), words.score(request, options)),
    scoreMany: (pairs, options) => (asked.push(...pairs.map(({ text }) => text)), words.scoreMany(pairs, options)),
  };
  return { scorer: rememberingScorer(behind), asked };
}

describe('a scorer that remembers', () => {
  it('says what the one behind it says, and asks it once', async () => {
    const { scorer, asked } = counted();
    const request = { prefix: 'trail running', texts: ['trail shoes', 'slow tea'] };
    const expected = (await wordScorer().score(request)).scores;
    expect((await scorer.score(request)).scores).toEqual(expected);
    expect((await scorer.score({ ...request, texts: request.texts.toReversed() })).scores).toEqual(expected.toReversed());
    expect(await scorer.scoreMany([{ prefix: 'trail running', text: 'slow tea' }, { prefix: '', text: 'slow tea' }])).toEqual([expected[1], expect.anything()]);
    expect(asked).toEqual(['trail shoes', 'slow tea', 'slow tea']);
  });

  it('takes another person, copy or adapter for another question', async () => {
    const { scorer, asked } = counted();
    await scorer.score({ prefix: 'a', texts: ['x'] });
    await scorer.score({ prefix: 'b', texts: ['x'] });
    await scorer.score({ prefix: 'a', texts: ['y'] });
    await scorer.score({ prefix: 'a', texts: ['x'], adapter: 'other' });
    expect(asked).toHaveLength(4);
  });
});
