import { createRng } from '../../../src/base/rng';
import { readRankerDirectory, type LoadedRanker } from '../../../src/ml/serve/ranker-directory';
import { curvesOf } from '../../../src/modules/training/choice-curves';
import { choiceExamples } from '../../../src/modules/training/choice-examples';
import { CTR } from '../../ml/serve/model-directories';
import { turnsDuring } from '../../support/turns-during';

let ranker: LoadedRanker;
beforeAll(async () => {
  ranker = await readRankerDirectory(CTR);
});
const choices = (people: number) => Array.from({ length: 2 * people }, (_, i) => ({ profile: `shoe ${i >> 1}`, text: `Headline ${i & 1}`, clicked: i % 7 === 0 }));

it('every text of a profile is in its examples once, with its rate of clicks', async () => {
  const shown = [true, false, false, true].map((clicked) => ({ profile: 'shoe', text: 'Run', clicked }));
  const [example, ...others] = await choiceExamples([...shown, { profile: 'shoe', text: 'Rest', clicked: false, weight: 3 }], ranker, curvesOf(ranker.calibration), createRng(1));
  expect(others).toEqual([]);
  expect(example!.points.toSorted((a, b) => a.weight - b.weight)).toEqual([{ target: 0, weight: 3 }, { target: 0.5, weight: 4 }]);
});

it('lets others have their turn while examples of many people are made', async () => {
  expect(await turnsDuring(() => choiceExamples(choices(400), ranker, curvesOf(ranker.calibration), createRng(1)))).toBeGreaterThanOrEqual(10);
});
