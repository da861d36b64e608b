import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPlatt } from '../../../src/ml/metrics/platt';
import { embedTexts } from '../../../src/ml/retrieval/embed-texts';
import { openRetriever, type Retriever } from '../../../src/ml/retrieval/open-retriever';
import { parseCalibration } from '../../../src/ml/serve/calibration';
import { parseRankerSettings } from '../../../src/ml/serve/ranker-settings';
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
  await over.put({ keys: texts.map((_, i) => `text-${i}`), groups: texts.map(() => 'all'), vectors, texts, trials: none, successes: none });
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
    await retriever.put({ keys: TEXTS.map((_, i) => `text-${i}`), groups: TEXTS.map(() => 'all'), vectors, texts: TEXTS, trials: none, successes: none });
    const estimated = await probabilities(retriever, prefix);
    const { scores } = await scorer.score({ prefix, texts: TEXTS });
    scores.forEach(({ probability }, i) => expect(estimated.get(`text-${i}`)).toBeCloseTo(probability, 6));
  });

  test('counts the words that a text shares with the prefix as the ranker does, however the index came to hold it', async () => {
    const prefix = 'Mud is part of the plan | Rooftops at noon';
    await fill(retriever, scorer, [...TEXTS].reverse());
    await fill(retriever, scorer, TEXTS);
    await retriever.remove(['text-2']);
    const estimated = await probabilities(retriever, prefix);
    const vectors = await embedTexts({ scorer, retriever }, TEXTS, { anchors: ANCHORS });
    const personal = await retriever.personal(prefix, TEXTS);
    const D = retriever.width + 2;
    const { withPrefix } = parseCalibration(readFileSync(join(CTR, 'calibration.json'), 'utf8'));
    TEXTS.forEach((_, i) => {
      const logit = vectors[i * D + D - 2]! + personal[i]!;
      if (i === 2) expect(estimated.has('text-2')).toBe(false);
      else expect(estimated.get(`text-${i}`)).toBeCloseTo(applyPlatt(withPrefix, logit), 6);
    });
    // All of a text in the prefix is worth the whole gain.
    const { grams } = parseRankerSettings(readFileSync(join(CTR, 'ranker.json'), 'utf8'));
    expect(grams!.nearness).toBeGreaterThan(0);
    const [whole, none] = [await retriever.personal(TEXTS[1]!, [TEXTS[1]!]), await retriever.personal('', [TEXTS[1]!])];
    expect(none[0]).toBe(0);
    expect(whole[0]).toBeGreaterThan(0.9 * grams!.nearness!);
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
