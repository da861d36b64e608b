import { embedTexts } from '../../../src/ml/retrieval/embed-texts';
import { openRetriever, type Retriever } from '../../../src/ml/retrieval/open-retriever';
import type { Scorer } from '../../../src/ml/serve/types';
import { CTR, ModelDirectories } from '../serve/model-directories';

const directories = new ModelDirectories();
let scorer: Scorer;
let retriever: Retriever;
beforeAll(async () => {
  scorer = await directories.scorer(CTR);
  retriever = await openRetriever(CTR);
});
afterAll(async () => {
  await retriever.close();
  await directories.remove();
});

const ANCHORS = ['garden tools | city breaks in spring | kettle', 'learn to code | running shoes'];
const TEXTS = ['Mud is part of the plan', 'Rooftops before breakfast', 'Lace up', 'The map is only a suggestion. From dawn to dusk.', 'Find your line', ''];
const WORTH = { base: 1, gain: 0, prior: { trials: 50, successes: 1 }, strength: 20 };

async function fill(over: Retriever, model: Scorer, texts: readonly string[]): Promise<void> {
  const vectors = await embedTexts({ scorer: model, retriever: over }, texts, { anchors: ANCHORS });
  const none = texts.map(() => 0);
  await over.put({ keys: texts.map((_, i) => `text-${i}`), groups: texts.map(() => 'all'), vectors, trials: none, successes: none });
}

const probabilities = async (over: Retriever, prefix: string): Promise<Map<string, number>> =>
  new Map((await over.top({ prefix, k: 100, groups: [{ group: 'all', worth: WORTH }] })).found.map(({ key, probability }) => [key, probability]));

describe('the first stage', () => {
  test('says what the ranker says where there is no prefix', async () => {
    await fill(retriever, scorer, TEXTS);
    const estimated = await probabilities(retriever, '');
    const { scores } = await scorer.score({ prefix: '', texts: TEXTS });
    scores.forEach(({ probability }, i) => expect(estimated.get(`text-${i}`)).toBeCloseTo(probability, 6));
  });

  test('says what the ranker says behind a prefix that was its only anchor', async () => {
    const [prefix] = ANCHORS as [string];
    const vectors = await embedTexts({ scorer, retriever }, TEXTS, { anchors: [prefix] });
    const none = TEXTS.map(() => 0);
    await retriever.put({ keys: TEXTS.map((_, i) => `text-${i}`), groups: TEXTS.map(() => 'all'), vectors, trials: none, successes: none });
    const estimated = await probabilities(retriever, prefix);
    const { scores } = await scorer.score({ prefix, texts: TEXTS });
    scores.forEach(({ probability }, i) => expect(estimated.get(`text-${i}`)).toBeCloseTo(probability, 6));
  });

  test('moves with the prefix as the wide part of the ranker does', async () => {
    const [a, b] = await Promise.all([retriever.embedPrefixes([ANCHORS[0]!, ANCHORS[1]!, '']), retriever.embedTexts(TEXTS)]);
    expect([a.length, b.length]).toEqual([3 * retriever.width, TEXTS.length * retriever.width]);
    expect(a.subarray(2 * retriever.width).every((x) => x === 0)).toBe(true);
    expect(a.subarray(0, retriever.width)).not.toEqual(a.subarray(retriever.width, 2 * retriever.width));
  });

  test('serves a plain classifier of the Hugging Face libraries, which has no towers', async () => {
    const directory = await directories.huggingFaceClassifier(1);
    const [model, plain] = [await directories.scorer(directory), await openRetriever(directory)];
    expect(plain.width).toBe(0);
    await fill(plain, model, TEXTS);
    const estimated = await probabilities(plain, '');
    const { scores } = await model.score({ prefix: '', texts: TEXTS });
    scores.forEach(({ probability }, i) => expect(estimated.get(`text-${i}`)).toBeCloseTo(probability, 6));
    await plain.close();
  });

  test('answers while the model is busy', async () => {
    const busy = scorer.score({ prefix: ANCHORS[0]!, texts: Array.from({ length: 3_000 }, (_, i) => `${TEXTS[i % 5]} ${i}`) });
    let done = false;
    void busy.then(() => (done = true));
    await probabilities(retriever, ANCHORS[1]!);
    expect(done).toBe(false);
    await busy;
  });
});
