import { gaussLegendre } from '../../explain/gauss-legendre';
import { checkCandidates, type Candidate } from './candidate';
import { fastNormalCdf } from './fast-normal';

/**
 * The choice probabilities of Thompson sampling (Thompson 1933; Russo et al. 2018, "A tutorial on Thompson sampling") without drawing:
 *
 *   P(i is best) = integral of f_i(t) x product over j != i of F_j(t) dt
 *
 * f and F being density and distribution of each candidate's value, t a scale that all share. One grid serves all candidates, and
 * it tests itself: summed over i the integrand is the derivative of G = product of all F, so a panel's integral must be G's rise
 * over it. A panel that misses it by 1e-10 is halved, which finds a candidate a billion times surer than the others.
 *
 * Values of 0 and below are never chosen beside positive ones. Equal certain values share their probability.
 *
 * @returns one probability per candidate, of sum 1 @throws BAD_INPUT
 */
export function choiceProbabilities(candidates: readonly Candidate[]): Float64Array {
  checkCandidates(candidates);
  const result = new Float64Array(candidates.length);
  const best = Math.max(...candidates.map((c) => Math.sign(c.gain)));
  const places = candidates.flatMap((c, i) => (Math.sign(c.gain) === best ? [i] : []));
  if (best === 0 || places.length === 1) {
    for (const i of places) result[i] = 1 / places.length;
    return result;
  }
  const shares = integrate(places.map((i) => candidates[i]!));
  places.forEach((place, k) => (result[place] = shares[k]!));
  return result;
}

/** Standardised, beyond which a normal has less than 1e-13 left. */
const REACH = 7.5;
const TOLERANCE = 1e-10;
const DEEPEST = 60;
/** Of t, relative to 1 + |t|, with what the log-odds lose on their way to a standardised place. */
const ROUNDING = 1e-14;
/** e to this is still finite; log-odds beyond it are no different from 0 and 1. */
const FARTHEST = 700;
const { points: POINTS, weights: WEIGHTS } = gaussLegendre(8);

/**
 * All gains are of one sign. The common scale t is the log-odds at which a candidate of the largest gain M has the value: with x the
 * log-odds of candidate j and r = gain / M, equal values mean r (1 + e^-t) = 1 + e^-x. Losses are mirrored, since the smaller is the better.
 */
function integrate(candidates: readonly Candidate[]): Float64Array {
  const K = candidates.length;
  const sign = Math.sign(candidates[0]!.gain);
  const most = Math.max(...candidates.map((c) => Math.abs(c.gain)));
  const ratio = Float64Array.from(candidates, (c) => Math.abs(c.gain) / most);
  const mean = Float64Array.from(candidates, (c) => Math.max(-FARTHEST, Math.min(FARTHEST, sign * (c.logit + c.offset.mean))));
  const deviation = Float64Array.from(candidates, (c) => c.offset.deviation);
  /** t of candidate j's mirrored log-odds. */
  const place = (j: number, odds: number): number => {
    const e = Math.exp(-sign * Math.max(-FARTHEST, Math.min(FARTHEST, odds)));
    return Math.max(-FARTHEST, -sign * Math.log((e + (1 - ratio[j]!)) / ratio[j]!));
  };
  const bottom = mean.map((m, j) => place(j, m - REACH * deviation[j]!));
  const top = mean.map((m, j) => place(j, m + REACH * deviation[j]!));
  const uncertain: number[] = [];
  const certain: number[] = [];
  // What is sure of its gain, or far from any, has a value as good as certain.
  for (let j = 0; j < K; j++) (top[j]! - bottom[j]! > 1e-12 * (1 + Math.abs(top[j]!)) ? uncertain : certain).push(j);
  const sure = Math.max(-Infinity, ...certain.map((j) => place(j, mean[j]!)));

  const density = new Float64Array(K);
  const distribution = new Float64Array(K);
  /** Of candidate j at t, e being e^(-sign t): its density, kept, and its distribution. */
  const at = (j: number, t: number, e: number): number => {
    density[j] = 0;
    if (t >= top[j]!) return 1;
    const odds = ratio[j]! - 1 + ratio[j]! * e;
    // Beyond what the gain can give: always below t, and of losses always above it.
    if (odds <= 0) return sign < 0 ? 0 : 1;
    const z = ((ratio[j] === 1 ? t : -sign * Math.log(odds)) - mean[j]!) / deviation[j]!;
    const kernel = Math.exp(-0.5 * z * z);
    density[j] = (kernel * ratio[j]! * e) / (odds * deviation[j]! * ROOT);
    return fastNormalCdf(z, kernel);
  };
  /** Fills both at t and returns G. */
  const measure = (t: number): number => {
    const e = Math.exp(-sign * t);
    let product = 1;
    for (const j of uncertain) {
      product *= distribution[j] = at(j, t, e);
      if (product === 0) return 0;
    }
    return product;
  };
  const result = new Float64Array(K);
  const found = new Float64Array(K);
  const panel = (from: number, to: number, before: number, after: number, depth: number): void => {
    const rise = after - before;
    if (!(rise > 1e-13)) return;
    let sum = 0;
    let steepest = 0;
    found.fill(0);
    for (let k = 0; k < POINTS.length; k++) {
      const product = measure(from + (to - from) * POINTS[k]!);
      if (product === 0) continue;
      let slope = 0;
      for (const j of uncertain) {
        const rate = (product * density[j]!) / distribution[j]!;
        found[j]! += rate * WEIGHTS[k]! * (to - from);
        slope += rate;
      }
      sum += slope * WEIGHTS[k]! * (to - from);
      steepest = Math.max(steepest, slope);
    }
    // Where G is steep its own value is uncertain by the rounding of t: finer panels would only chase that.
    const miss = Math.abs(sum - rise);
    if (miss <= TOLERANCE + ROUNDING * (1 + Math.abs(from)) * steepest) {
      if (sum > 0) for (const j of uncertain) result[j]! += (found[j]! * rise) / sum;
      return;
    }
    const middle = (from + to) / 2;
    if (depth >= DEEPEST || !(middle > from && middle < to)) return leap(from, to, rise);
    const half = measure(middle);
    panel(from, middle, before, half, depth + 1);
    panel(middle, to, half, after, depth + 1);
  };
  /** A rise that no density shows: a gain's most, which very uncertain log-odds all but reach. It is whose distribution leaps. */
  const leap = (from: number, to: number, rise: number): void => {
    const [before, after] = [from, to].map((t) => uncertain.map((j) => Math.max(Number.MIN_VALUE, at(j, t, Math.exp(-sign * t))))) as [number[], number[]];
    const leaps = before.map((earlier, k) => Math.max(0, Math.log(after[k]! / earlier)));
    const total = leaps.reduce((sum, x) => sum + x, 0);
    if (total > 0) uncertain.forEach((j, k) => (result[j]! += (rise * leaps[k]!) / total));
  };

  // Below the highest of the lowest ends G is nothing, and below what is certain nothing is the best.
  const low = Math.max(sure, ...uncertain.map((j) => bottom[j]!));
  const high = Math.max(-Infinity, ...uncertain.map((j) => top[j]!));
  if (high > low) panel(low, high, measure(low), measure(high), 0);
  const winners = certain.filter((j) => place(j, mean[j]!) === sure);
  for (const j of winners) result[j] = measure(sure) / winners.length;

  const total = result.reduce((sum, p) => sum + p, 0);
  return result.map((p) => p / total);
}

const ROOT = Math.sqrt(2 * Math.PI);
