import { headlineForm } from '../../../src/modules/replay/headline-form';
import type { ReplayTest } from '../../../src/modules/replay/headline-tests';
import { textModel } from '../../../src/modules/replay/text-model';

const SETTING = { penalty: 30, form: 0.5 };

/** Tests of two arms whose words but one are their own: only that one of them asks is common to all. */
const asking = (count: number, clicks: readonly [number, number] = [80, 40]): ReplayTest[] =>
  Array.from({ length: count }, (_, t) => {
    const arm = (headline: string, k: 0 | 1) => ({ headline, image: 'i', impressions: 4_000, clicks: clicks[k] });
    return { id: `t${t}`, story: `t${t}`, arms: [arm(`the alpha${t} beta${t}?`, 0), arm(`the gamma${t} delta${t}.`, 1)] };
  });

test('what is learnt of the form of headlines holds for words that were never seen', () => {
  const tests = asking(40);
  const model = textModel(tests);
  const others = tests.slice(20);
  const scores = model.scores((test) => !others.includes(test), SETTING);
  for (const test of others) expect(scores.get(test)![0]!).toBeGreaterThan(scores.get(test)![1]!);
  expect(model.agreement(others, scores)).toBeGreaterThan(0.9);
});

test('outcomes of tests that do not teach move no score, and nothing taught scores nothing', () => {
  const [tests, turned] = [asking(20), [...asking(10), ...asking(20, [40, 80]).slice(10)]];
  const first = (all: readonly ReplayTest[]): number[][] => {
    const scores = textModel(all).scores((test) => all.indexOf(test) < 10, SETTING);
    return all.map((test) => [...scores.get(test)!]);
  };
  expect(first(turned)).toEqual(first(tests));
  const model = textModel(tests);
  const none = model.scores(() => false, SETTING);
  expect([...none.values()].flat()).toEqual(tests.flatMap(() => [0, 0]));
  expect(model.agreement(tests, none)).toBe(0);
});

test('the form of a headline is numbers, of the same length whatever it says', () => {
  const forms = ['', '7 Things YOU “Never” Knew... And Why?', 'Ünlü şehir 🙂'].map(headlineForm);
  for (const form of forms) {
    expect(form).toHaveLength(forms[0]!.length);
    expect(form.every(Number.isFinite)).toBe(true);
  }
});
