import { createRng } from '../../../src/base/rng';
import { headlineCases, type TitleCase } from '../../../src/modules/training/ctr-cases';
import { fitLinear, gainBehindPrefix, gramScore } from '../../../src/modules/training/fit-linear';
import type { UpworthyArm } from '../../../src/modules/training/sources';

const ROWS = 1 << 14;
const STORIES = ['kites over the bay', 'a bridge of rope', 'bees in the chimney', 'the last lighthouse', 'soup for forty'];

/** Tests whose images move clicks far more than words do, and whose headlines win where they ask "why". */
function tests(seed: number): UpworthyArm[] {
  const rng = createRng(seed);
  return Array.from({ length: 60 }, (_, t) => {
    const story = STORIES[t % STORIES.length]!;
    const level = 0.005 + 0.05 * rng.next();
    return ['this is why', 'here is'].map((opening, i): UpworthyArm => ({
      test: `t${t}`, story: `s${t}`, image: 'one', headline: `${opening} ${story} ${t}`, lede: '', impressions: 10_000, clicks: Math.round(10_000 * level * (i === 0 ? 1.5 : 1)),
    }));
  }).flat();
}

describe('the linear part', () => {
  const [training, validation] = [tests(1), tests(2)];
  const silent = headlineCases(validation).map(() => 0);

  it('learns which words win within tests, however much images move the rates', () => {
    const { coefficients, gain } = fitLinear(training, validation, silent, ROWS);
    expect(gain).toBeGreaterThan(0);
    for (const story of ['soup for forty', 'a goat on the roof']) {
      expect(gramScore(coefficients, `this is why ${story}`)).toBeGreaterThan(gramScore(coefficients, `here is ${story}`) + 0.1);
    }
  });

  it('stays out where it says the opposite of what held-out tests show', () => {
    const opposite = validation.map((arm) => ({ ...arm, clicks: 1000 - arm.clicks }));
    const { gain, coefficients } = fitLinear(training, opposite, silent, ROWS);
    expect(gain).toBe(0);
    expect(coefficients.every((c) => c === 0)).toBe(true);
  });

  it('counts as much behind a profile as the order of titles can bear', () => {
    const { coefficients } = fitLinear(training, validation, silent, ROWS);
    const cases = (taken: string, other: string): TitleCase[] =>
      Array.from({ length: 20 }, (_, i) => [taken, other].map((text, k): TitleCase => ({ person: `p${i}`, profile: 'kites', text, label: k === 0 ? 1 : 0 }))).flat();
    const knows = (list: TitleCase[]): number[] => list.map((c) => 0.01 * c.label);
    const inLine = cases('this is why kites', 'here is kites');
    const against = cases('here is kites', 'this is why kites');
    expect(gainBehindPrefix(coefficients, inLine, knows(inLine))).toBe(1);
    expect(gainBehindPrefix(coefficients, against, knows(against))).toBeLessThan(0.1);
  });
});
