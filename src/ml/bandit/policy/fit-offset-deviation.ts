import { badInput } from '../../../base/errors';
import { softplus } from '../../metrics/samples';
import { maximise } from './maximise';
import { baseLogit, checkEvidence, offsetPosterior, type Evidence } from './offset';

const LEAST = 1e-3;
const MOST = 5;
/** Points of each creative's integral, in deviations of its posterior. */
const POINTS = Array.from({ length: 25 }, (_, i) => (i - 12) / 2);

/**
 * Empirical Bayes: the deviation tau of d ~ N(mean, tau^2) under which the creatives' clicks are likeliest, each creative's d
 * integrated out by the trapezoidal rule around its posterior.
 *
 * The likelihood is multiplied by tau (Chung et al. 2013, "A nondegenerate penalized likelihood estimator for variance parameters"):
 * over few creatives it often peaks at 0, which would end all learning; over many the factor is nothing.
 *
 * @param evidence of at least one creative with impressions; those without say nothing
 * @returns log-odds, from 0.001 to 5 @throws BAD_INPUT
 */
export function fitOffsetDeviation(evidence: readonly Evidence[], mean = 0): number {
  evidence.forEach(checkEvidence);
  const shown = evidence.filter((e) => e.impressions > 0);
  if (shown.length === 0) throw badInput('evidence', `The deviation of offsets needs a creative with impressions; none of ${evidence.length} has any.`);
  const fit = (logTau: number): number => logTau + shown.reduce((sum, e) => sum + logMarginal(e, mean, Math.exp(logTau)), 0);
  return Math.exp(maximise(fit, Math.log(LEAST), Math.log(MOST), 1e-4));
}

/** ln of the integral over d of likelihood x prior, less terms that tau does not change. */
function logMarginal(evidence: Evidence, mean: number, tau: number): number {
  const n = evidence.impressions;
  const clicks = Math.min(evidence.clicks, n);
  const base = baseLogit(evidence);
  const { mean: mode, deviation } = offsetPosterior(evidence, { mean, deviation: tau });
  const logDensity = (d: number): number => clicks * (base + d) - n * softplus(base + d) - 0.5 * ((d - mean) / tau) ** 2;
  const peak = logDensity(mode);
  let sum = 0;
  for (const u of POINTS) sum += Math.exp(logDensity(mode + u * deviation) - peak);
  return peak + Math.log((sum * deviation) / tau);
}
