/** What a build in fewer bits may cost. A build that costs more is not offered. */
import { bug } from '../../base/errors';
import { calibrationError } from '../metrics/ece';
import { settledLogits } from './settle';

/** Scores of one group of candidates, raw log-odds, in one order. */
export interface GroupScores {
  exact: ArrayLike<number>;
  build: ArrayLike<number>;
  /** Log-odds to probability of click. */
  probability: (logit: number) => number;
}

export interface GateFigures {
  groups: number;
  candidates: number;
  /** Share of groups whose best candidate is the very one that float32 finds best, close races run again. */
  top1: number;
  /** The same without running anything again. */
  top1Alone: number;
  /** Expected calibration error of the probabilities against those of float32. */
  ece: number;
  /** Root mean square difference of log-odds, what a group's scores have in common left out. */
  error: number;
  /** Log-odds from the best within which a race counts as close. */
  margin: number;
  /** Share of candidates that were run again. */
  again: number;
}

export const LEAST_TOP1 = 0.99;
export const MOST_ECE = 0.005;
/** Standard errors of the difference of two scores that a close race spans; one in 30,000 honest winners lies farther off. */
const SPAN = 4 * Math.SQRT2;

/** The margin for races, from groups that are not judged by it. */
export function marginOf(groups: readonly GroupScores[]): number {
  return SPAN * Math.sqrt(centredSquares(groups) / countOf(groups));
}

/** @param margin 0 runs nothing again */
export function gateFigures(groups: readonly GroupScores[], margin: number): GateFigures {
  if (groups.length === 0) throw bug('A gate needs groups.');
  let [kept, alone, again] = [0, 0, 0];
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (const { exact, build, probability } of groups) {
    const settled = settledLogits(build, margin, (places) => places.map((place) => exact[place]!));
    again += settled.again;
    kept += best(settled.logits) === best(exact) ? 1 : 0;
    alone += best(build) === best(exact) ? 1 : 0;
    for (let i = 0; i < exact.length; i++) {
      ours.push(probability(settled.logits[i]!));
      theirs.push(probability(exact[i]!));
    }
  }
  const candidates = countOf(groups);
  return {
    groups: groups.length,
    candidates,
    top1: kept / groups.length,
    top1Alone: alone / groups.length,
    ece: calibrationError(ours, theirs).ece,
    error: Math.sqrt(centredSquares(groups) / candidates),
    margin,
    again: again / candidates,
  };
}

/** What the gate has against the figures; empty where it lets them pass. Figures that are no numbers never pass. */
export function objections({ top1, ece, groups }: GateFigures): string[] {
  const found: string[] = [];
  if (!(top1 >= LEAST_TOP1)) found.push(`it kept the winner of ${(100 * top1).toFixed(1)} % of ${groups} groups; ${100 * LEAST_TOP1} % are required`);
  if (!(ece <= MOST_ECE)) found.push(`its probabilities are ${ece.toFixed(4)} off those of float32; ${MOST_ECE} is allowed`);
  return found;
}

/** The first of the greatest. */
export function best(scores: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[at]!) at = i;
  return at;
}

function countOf(groups: readonly GroupScores[]): number {
  return groups.reduce((sum, { exact }) => sum + exact.length, 0);
}

function centredSquares(groups: readonly GroupScores[]): number {
  return groups.reduce((total, { exact, build }) => {
    const differences = Array.from(build, (v, i) => v - exact[i]!);
    const mean = differences.reduce((a, b) => a + b, 0) / differences.length;
    return total + differences.reduce((sum, d) => sum + (d - mean) ** 2, 0);
  }, 0);
}
