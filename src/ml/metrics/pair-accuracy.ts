import { badInput } from '../../base/errors';
import { twoSidedP } from './normal';

/** One arm of an A/B test. Arms are compared within a group: a test, or a test and an image. */
export interface Arm {
  readonly group: string;
  readonly score: number;
  readonly clicks: number;
  readonly impressions: number;
}

export interface PairAccuracy {
  /** Only pairs whose difference in click rate has a two-sided p below this; 1 takes all pairs. */
  readonly below: number;
  readonly pairs: number;
  /** Share of pairs that the scores order as the click rates do, equal scores counted half; NaN without pairs. */
  readonly accuracy: number;
}

/**
 * z of the difference of two proportions, pooled: (p1 - p2) / sqrt(p (1 - p) (1/n1 + 1/n2)), p = (k1 + k2) / (n1 + n2).
 * Positive where the first is higher; 0 where neither or everyone clicked. @throws BAD_INPUT on clicks beyond impressions.
 */
export function twoProportionZ(clicks1: number, impressions1: number, clicks2: number, impressions2: number): number {
  for (const [clicks, impressions] of [
    [clicks1, impressions1],
    [clicks2, impressions2],
  ] as const) {
    if (!(impressions > 0) || !(clicks >= 0) || clicks > impressions) {
      throw badInput('clicks', `An arm needs impressions above 0 and clicks from 0 to the impressions; ${clicks} of ${impressions} came.`);
    }
  }
  const pooled = (clicks1 + clicks2) / (impressions1 + impressions2);
  const variance = pooled * (1 - pooled) * (1 / impressions1 + 1 / impressions2);
  return variance > 0 ? (clicks1 / impressions1 - clicks2 / impressions2) / Math.sqrt(variance) : 0;
}

/**
 * How often scores order two arms of one group as their click rates do, for each bound on the p-value. Pairs of equal click
 * rate have no right order and are left out. Chance is 0.5. @throws BAD_INPUT.
 */
export function pairAccuracy(arms: readonly Arm[], below: readonly number[] = [1, 0.05, 0.01]): PairAccuracy[] {
  const groups = new Map<string, Arm[]>();
  for (const arm of arms) {
    if (!Number.isFinite(arm.score)) throw badInput('score', `An arm of ${JSON.stringify(arm.group)} has the score ${arm.score}; it must be a finite number.`);
    const list = groups.get(arm.group);
    if (list) list.push(arm);
    else groups.set(arm.group, [arm]);
  }
  const right = below.map(() => 0);
  const pairs = below.map(() => 0);
  for (const list of groups.values()) {
    for (let i = 0; i < list.length; i++) {
      for (let j = i + 1; j < list.length; j++) {
        const [a, b] = [list[i]!, list[j]!];
        const z = twoProportionZ(a.clicks, a.impressions, b.clicks, b.impressions);
        if (z === 0) continue;
        const p = twoSidedP(z);
        const won = a.score === b.score ? 0.5 : Number(a.score > b.score === z > 0);
        below.forEach((bound, k) => {
          if (p >= bound && bound < 1) return;
          pairs[k]!++;
          right[k]! += won;
        });
      }
    }
  }
  return below.map((bound, k) => ({ below: bound, pairs: pairs[k]!, accuracy: right[k]! / pairs[k]! }));
}
