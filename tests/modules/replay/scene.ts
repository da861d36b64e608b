import { binomial } from '../../../src/base/binomial';
import { createRng } from '../../../src/base/rng';
import type { UpworthyArm } from '../../../src/modules/training/sources';

const WORDS = ['river', 'stone', 'lamp', 'garden', 'window', 'bridge', 'winter', 'letter', 'market', 'signal'];

/** Headline tests in which one word doubles the odds of a click and the rest says nothing. */
export function headlineScene(tests: number, seed = 1): UpworthyArm[] {
  const rng = createRng(seed);
  return Array.from({ length: tests }, (_, t) => {
    const level = 0.01 + 0.01 * rng.next();
    return Array.from({ length: 3 }, (_, k): UpworthyArm => {
      const good = (t + k) % 3 === 0;
      const headline = `${good ? 'wonder' : 'plain'} ${WORDS[rng.int(10)]} ${WORDS[rng.int(10)]} ${t} ${k}`;
      return { test: `t${t}`, story: `t${t}`, image: 'i', headline, lede: '', impressions: 4_000, clicks: binomial(rng, 4_000, level * (good ? 2 : 1) * Math.exp(0.1 * rng.normal())) };
    });
  }).flat();
}
