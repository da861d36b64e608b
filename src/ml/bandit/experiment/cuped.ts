import { badInput } from '../../../base/errors';
import { carriers, type Estimate } from './estimate';
import { addMoments, checkMoments, covarianceOf, meanOf, varianceOf, type Moments } from './moments';

export interface Cuped {
  /** One per arm, in their order: its ratio with what the covariate foretold taken out. */
  readonly arms: readonly Estimate[];
  readonly theta: number;
  /** The share of the arms' variance that the covariate took away, 0 to 1. */
  readonly varianceCut: number;
}

/**
 * CUPED (Deng, Xu, Kohavi and Walker 2013, "Improving the Sensitivity of Online Controlled Experiments by Utilizing Pre-Experiment Data") for
 * ratios of two sums, of which a mean is the one with denominators of 1. Each unit of an arm is linearised, z = (x - R y) / mean(y), and its
 * covariate c from before the experiment takes out theta (c - mean c): theta = cov(z, c) / var(c) within arms, pooled over them, the mean of c
 * over all arms, so that what arms differ in by chance beforehand is gone. Variance falls by the squared correlation.
 *
 * A unit without covariate (a new person) stays as it is, as if it had the mean: c is from before, so both arms have such units alike.
 *
 * `arms`: moments of four variables per arm: numerator x, denominator y, covariate (0 where unknown), 1 where it is known else 0. @throws BAD_INPUT.
 */
export function cuped(arms: readonly Moments[]): Cuped {
  if (arms.length === 0) throw badInput('arms', 'CUPED needs at least one arm.');
  arms.forEach((arm, i) => checkMoments(`arms.${i}`, arm, 4));
  const all = arms.reduce(addMoments);
  const known = all.sums[3]!;
  const centre = known > 0 ? all.sums[2]! / known : 0;
  const covariate = [0, 0, 1, -centre];
  const within = (weightsOf: (arm: Moments) => readonly number[]): number =>
    arms.reduce((sum, arm) => sum + covarianceOf(arm, weightsOf(arm), covariate) * Math.max(0, arm.n - 1), 0);
  const spread = within(() => covariate);
  const theta = spread > 0 ? within(linear) / spread : 0;
  const adjusted = arms.map((arm) => adjust(arm, theta, covariate));
  const squares = (estimates: readonly Estimate[]): number => estimates.reduce((sum, each) => sum + each.variance * Math.max(0, each.units - 1), 0);
  const before = squares(arms.map((arm) => adjust(arm, 0, covariate)));
  return { arms: adjusted, theta, varianceCut: before > 0 ? Math.max(0, 1 - squares(adjusted) / before) : 0 };
}

function adjust(arm: Moments, theta: number, covariate: readonly number[]): Estimate {
  const value = arm.sums[0]! / arm.sums[1]! - theta * meanOf(arm, covariate);
  if (!Number.isFinite(value)) return { value: NaN, variance: 0, units: arm.n, evidence: 0 };
  const weights = linear(arm).map((weight, i) => weight - theta * covariate[i]!);
  return { value, variance: varianceOf(arm, weights), units: arm.n, evidence: Math.min(carriers(arm, 0), carriers(arm, 1)) };
}

/** z = (x - R y) / mean(y); nothing where there is no denominator yet. */
function linear(arm: Moments): readonly number[] {
  const ratio = arm.sums[0]! / arm.sums[1]!;
  const meanY = arm.sums[1]! / arm.n;
  return Number.isFinite(ratio) ? [1 / meanY, -ratio / meanY, 0, 0] : [0, 0, 0, 0];
}
