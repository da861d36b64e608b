import { checkAlpha } from './checks';
import type { Estimate } from './estimate';

/** An interval that covers the truth at all times at once with probability 1 - alpha: it may be looked at whenever, and acted on. */
export interface ConfidenceSequence {
  readonly value: number;
  /** -Infinity and Infinity while there is too little evidence for any interval. */
  readonly low: number;
  readonly high: number;
}

export interface DifferenceSequence extends ConfidenceSequence {
  /**
   * The evidence against no difference: expected to be at most 1 where there is none, however often one looks. At 1 / alpha or more
   * the interval excludes 0; 1 / eValue is a p-value that holds at any time.
   */
  readonly eValue: number;
}

/** Below so many carriers of an estimate its mean is too far from normal: no interval yet. Chosen by simulation, docs/evidence/experiments.md. */
export const LEAST_EVIDENCE = 40;

/** The sequences are sharpest at about so many units (of two arms, at the harmonic mean's half). Fixed beforehand, as it must be. */
const SHARPEST_AT = 5_000;

/**
 * The asymptotic confidence sequence of a mean or ratio: with n units of variance v,
 *
 *     value +- sqrt(v / n) sqrt((1 + r / n) ln((n + r) / (r alpha^2))),   r = 1 / rho^2
 *
 * (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, "Time-uniform central limit theory and asymptotic confidence sequences",
 * theorem 2.2 and, for r, appendix B.2; the normal mixture of Robbins 1970). Their guarantee holds for looks that begin late
 * enough: LEAST_EVIDENCE is where they begin here. @throws BAD_INPUT.
 */
export function confidenceSequence(estimate: Estimate, alpha = 0.05): ConfidenceSequence {
  checkAlpha(alpha);
  return interval(estimate.value, estimate.variance / estimate.units, estimate.units, alpha, isKnown(estimate));
}

/**
 * The difference `treatment` - `control` of two arms that share no unit. Its information 1 / (v_t / n_t + v_c / n_c) takes the place
 * of n: over information the difference moves as one Brownian motion, whatever the shares of the arms and however they change
 * (Jennison and Turnbull 2000, section 3.1), in units of the arms' mean variance. @throws BAD_INPUT.
 */
export function differenceSequence(treatment: Estimate, control: Estimate, alpha = 0.05): DifferenceSequence {
  checkAlpha(alpha);
  const value = treatment.value - control.value;
  const errorSquared = treatment.variance / treatment.units + control.variance / control.units;
  const n = (treatment.variance + control.variance) / 2 / errorSquared;
  const known = isKnown(treatment) && isKnown(control);
  return { ...interval(value, errorSquared, n, alpha, known), eValue: known ? normalMixture(value / Math.sqrt(errorSquared), n, alpha) : 1 };
}

/** Enough evidence to be nearly normal. */
export function isKnown(estimate: Estimate): boolean {
  return estimate.evidence >= LEAST_EVIDENCE && estimate.variance > 0;
}

function interval(value: number, errorSquared: number, n: number, alpha: number, known: boolean): ConfidenceSequence {
  if (!known) return { value, low: -Infinity, high: Infinity };
  const r = mixing(alpha);
  const half = Math.sqrt(errorSquared * (1 + r / n) * Math.log((n + r) / (r * alpha ** 2)));
  return { value, low: value - half, high: value + half };
}

/** The likelihood ratio at z after n units, mixed over effects of variance 1 / r per unit: at 1 / alpha the interval reaches 0. */
function normalMixture(z: number, n: number, alpha: number): number {
  const r = mixing(alpha);
  return Math.sqrt(r / (n + r)) * Math.exp((z ** 2 * n) / (2 * (n + r)));
}

function mixing(alpha: number): number {
  const log = -2 * Math.log(alpha);
  return SHARPEST_AT / (log + Math.log(log + 1));
}
