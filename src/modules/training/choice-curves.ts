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
