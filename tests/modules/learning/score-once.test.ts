import type { AdaptedPair } from '../../../src/ml/serve/adapter-types';
import { scoreOnce } from '../../../src/modules/learning/gate/score-once';
import { wordScorer } from '../../support/word-models';

test('people and copy that come again are scored once, by the adapter in question, and answered in order', async () => {
  const asked: AdaptedPair[] = [];
  const scores = scoreOnce({ scoreMany: (pairs) => (asked.push(...pairs), wordScorer().scoreMany(pairs)) }, 'tuned');
  const { signal } = new AbortController();
  const [shoes, tea] = [{ prefix: 'trail running', text: 'trail shoes' }, { prefix: 'trail running', text: 'slow tea' }];
  const first = await scores([shoes, tea, shoes], signal);
  const again = await scores([tea, { ...tea, prefix: '' }], signal);
  expect(first).toEqual(await wordScorer().scoreMany([shoes, tea, shoes]));
  expect(again[0]).toEqual(first[1]);
  expect(asked).toEqual([shoes, tea, { ...tea, prefix: '' }].map((pair) => ({ ...pair, adapter: 'tuned' })));
});
