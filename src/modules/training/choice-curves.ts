/** Log-odds of a click from a model's logits, fitted on logged choices: a log has base rates of its own. */
import { fitPlatt, type PlattCalibration } from '../../ml/metrics/platt';
import type { Calibration, LinearCalibration } from '../../ml/serve/calibration';
import type { Curves } from './choice-examples';
import type { Choice } from './choices';

/** Clicks, and choices without one, that a curve needs at least. */
const LEAST = 20;

/** Two curves, one for choices behind a profile and one for those without; where a log says too little, `otherwise` stands. */
export function fitCurves(choices: readonly Choice[], logits: readonly number[], otherwise: Curves): Curves {
  const part = (withProfile: boolean, fallback: PlattCalibration): PlattCalibration => {
    const of = choices.flatMap((choice, i) => ((choice.profile !== '') === withProfile ? [i] : []));
    const labels = of.map((i) => Number(choices[i]!.clicked));
    const clicks = labels.reduce((sum, label) => sum + label, 0);
    if (clicks < LEAST || labels.length - clicks < LEAST) return fallback;
    const fitted = fitPlatt(of.map((i) => logits[i]!), labels);
    if (fitted.slope > 0) return { slope: fitted.slope, intercept: fitted.intercept };
    // A model that ranks this log the wrong way round is not to be turned over: it keeps its slope, at the log's rate of clicks.
    const mean = of.reduce((sum, i) => sum + logits[i]!, 0) / of.length;
    return { slope: fallback.slope, intercept: Math.log(clicks / (labels.length - clicks)) - fallback.slope * mean };
  };
  return { withProfile: part(true, otherwise.withProfile), withoutProfile: part(false, otherwise.withoutProfile) };
}

/**
 * Curves to learn by: the slopes are those given, so that what an adapter has to say is of one size in every log, and only the rate is the
 * log's.
 */
export function fitRates(choices: readonly Choice[], logits: readonly number[], { withProfile, withoutProfile }: Curves): Curves {
  const part = (behindProfile: boolean, { slope, intercept }: PlattCalibration): PlattCalibration => {
    const of = choices.flatMap(({ profile, clicked }, i) => ((profile !== '') === behindProfile ? [{ z: slope * logits[i]!, clicked }] : []));
    const clicks = of.filter(({ clicked }) => clicked).length;
    if (clicks === 0 || clicks === of.length) return { slope, intercept };
    // Newton's method on the one number that is free: the sum of probabilities becomes the number of clicks.
    let shift = intercept;
    for (let step = 0; step < 30; step++) {
      let [excess, curvature] = [-clicks, 0];
      for (const { z } of of) {
        const p = 1 / (1 + Math.exp(-z - shift));
        excess += p;
        curvature += p * (1 - p);
      }
      shift -= Math.max(-1, Math.min(1, excess / curvature));
    }
    return { slope, intercept: shift };
  };
  return { withProfile: part(true, withProfile), withoutProfile: part(false, withoutProfile) };
}

export function curvesOf({ withPrefix, withoutPrefix }: Calibration): Curves {
  const plain = ({ slope, intercept }: LinearCalibration): PlattCalibration => ({ slope, intercept });
  return { withProfile: plain(withPrefix), withoutProfile: plain(withoutPrefix) };
}

/** @param spread whose deviations stand: a log of single choices does not tell them */
export function calibrationOf({ withProfile, withoutProfile }: Curves, spread: Calibration): Calibration {
  return {
    withPrefix: { ...withProfile, deviation: spread.withPrefix.deviation },
    withoutPrefix: { ...withoutProfile, deviation: spread.withoutPrefix.deviation },
  };
}

/** Log-odds of each choice. */
export function logOdds(choices: readonly Choice[], logits: readonly number[], curves: Curves): number[] {
  return choices.map(({ profile }, i) => {
    const { slope, intercept } = profile === '' ? curves.withoutProfile : curves.withProfile;
    return slope * logits[i]! + intercept;
  });
}
