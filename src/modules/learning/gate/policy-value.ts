import { isAdloomError } from '../../../base/errors';
import { inTurns } from '../../../base/in-turns';
import type { Rng } from '../../../base/rng';
import type { Decision, DecisionCandidate } from '../../../domain/entities/decision';
import { meanProbability } from '../../../ml/bandit/policy/candidate';
import type { LearningCandidate } from '../../../ml/bandit/policy/learnable';
import { logit } from '../../../ml/bandit/policy/offset';
import type { PolicyValue } from '../../../ml/bandit/off-policy/evaluate-policy';
import { propensitiesOf } from '../../delivery/policy-named';
import { evaluateRows, type DecisionRow } from '../../off-policy/evaluate-rows';
import type { PolicyEstimate, ValueJudgement } from './judge';
import { movedOffsets } from './moved-offsets';

/** What a model says of one candidate of a decision. */
export interface ModelSays {
  readonly probability: number;
  /** Standard deviation of its log-odds. */
  readonly uncertainty: number;
}

/** A decision with both models' say on each of its candidates, in their order. */
export interface RescoredDecision {
  readonly decision: Decision;
  readonly clicked: boolean;
  readonly candidate: readonly ModelSays[];
  readonly live: readonly ModelSays[];
}

const REPLICATES = 400;
/** Decisions of one turn of the event loop: what the rule would do with fifty candidates takes a millisecond to work out. */
const AT_ONCE = 10;
/** Share of choices on what was never shown that the candidate may make beyond those of the live model. */
const MOST_BEYOND = 0.1;
/** Two-sided 95 %. */
const Z = 1.959964;

/**
 * What the rule that decides where no experiment says otherwise would have earned with each model's scores in its place, on the logged
 * candidates: value in clicks' worth of a mean candidate, doubly robust (Dudik et al. 2011). The difference is of the same rows with the
 * same reward model, the mean of both, so that what both share does not blur it. Fails shut: a policy that the log says nothing of has no value.
 *
 * New copy joins all the time, and of a few hundred decisions some show none of it. What both models would choose there cancels; where the
 * candidate would choose more of it than the live model, it is taken to earn nothing. Values of each alone are of what was shown.
 */
export async function policyValue(decisions: readonly RescoredDecision[], rng: Rng): Promise<ValueJudgement> {
  try {
    const rows: { candidate: DecisionRow[]; live: DecisionRow[] } = { candidate: [], live: [] };
    for await (const some of inTurns(decisions, AT_ONCE)) {
      for (const each of some) {
        rows.candidate.push(rowOf(each, each.candidate));
        rows.live.push(rowOf(each, each.live));
      }
    }
    const shown = new Set(rows.live.map(({ action }) => action));
    const beyond = beyondShown(rows, shown);
    if (beyond > MOST_BEYOND) {
      return { supported: false, why: `NO_SUPPORT: ${percent(beyond)} of the candidate's choices, beyond those of the live model, would be of copy that these decisions never showed; at most ${percent(MOST_BEYOND)} may.` };
    }
    const values: PolicyValue[] = [];
    for await (const [model] of inTurns(['candidate', 'live'] as const, 1)) {
      values.push(evaluateRows(rows[model!].map((row) => amongShown(row, shown)), { rng: rng.fork(model!), replicates: REPLICATES }));
    }
    const [candidate, live] = values as [PolicyValue, PolicyValue];
    return { supported: true, candidate: estimateOf(candidate), live: estimateOf(live), difference: differenceOf(rows, shown), effectiveRows: candidate.effectiveSampleSize };
  } catch (error) {
    if (!isAdloomError(error) || (error.code !== 'NO_SUPPORT' && error.code !== 'BAD_INPUT')) throw error;
    return { supported: false, why: `${error.code}: ${error.message}` };
  }
}

function estimateOf({ estimates: { dr } }: PolicyValue): PolicyEstimate {
  const interval = dr.bootstrap ?? dr.normal;
  return { value: dr.value, low: interval?.low ?? -Infinity, high: interval?.high ?? Infinity };
}

interface BothRows {
  readonly candidate: readonly DecisionRow[];
  readonly live: readonly DecisionRow[];
}

/** How much oftener the candidate would choose each: by row, in the order of its candidates. */
function movesOf({ candidate, live }: BothRows): number[][] {
  return candidate.map((row, i) => row.candidates.map(({ probability }, k) => probability - live[i]!.candidates[k]!.probability));
}

function beyondShown(rows: BothRows, shown: ReadonlySet<string>): number {
  const beyond = movesOf(rows).map((moved, i) => moved.reduce((sum, move, k) => (shown.has(rows.live[i]!.candidates[k]!.action) ? sum : sum + Math.max(0, move)), 0));
  return beyond.reduce((sum, share) => sum + share, 0) / beyond.length;
}

function amongShown(row: DecisionRow, shown: ReadonlySet<string>): DecisionRow {
  const candidates = row.candidates.filter(({ action }) => shown.has(action));
  const total = candidates.reduce((sum, { probability }) => sum + probability, 0);
  return { ...row, candidates: candidates.map((each) => ({ ...each, probability: each.probability / total })) };
}

/** Mean of the rows' differences, by the central limit theorem. */
function differenceOf(rows: BothRows, shown: ReadonlySet<string>): PolicyEstimate {
  const moves = movesOf(rows);
  const terms = rows.candidate.map((row, i) => {
    const moved = moves[i]!;
    const at = row.candidates.findIndex(({ action }) => action === row.action);
    const expected = row.candidates.reduce((sum, { action, prediction }, k) => sum + (moved[k]! > 0 && !shown.has(action) ? 0 : moved[k]! * prediction), 0);
    return at < 0 ? expected : expected + (moved[at]! / row.propensity!) * (row.reward - row.candidates[at]!.prediction);
  });
  const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
  const error = Math.sqrt(terms.reduce((sum, term) => sum + (term - mean) ** 2, 0) / (terms.length - 1) / terms.length);
  return { value: mean, low: mean - Z * error, high: mean + Z * error };
}

/** A decision as the rule would have made it with one model's scores; with those that it was made with, its propensities are the logged ones. */
export function rowOf({ decision, clicked, candidate, live }: RescoredDecision, says: readonly ModelSays[]): DecisionRow {
  const gains = gainsOf(decision.candidates);
  const offsets = movedOffsets(decision.candidates, says);
  const candidates = decision.candidates.map(({ toLearnFrom = Infinity }, k): LearningCandidate => ({ gain: gains[k]!, logit: logit(says[k]!.probability), offset: offsets[k]!, toLearnFrom }));
  const probabilities = propensitiesOf('THOMPSON', candidates);
  const shown = decision.candidates.findIndex(({ creativeId }) => creativeId === decision.creativeId);
  return {
    action: decision.creativeId,
    reward: clicked ? (gains[shown] ?? 1) : 0,
    propensity: decision.propensity,
    candidates: decision.candidates.map(({ creativeId }, k) => ({ action: creativeId, probability: probabilities[k]!, prediction: (gains[k]! * (candidate[k]!.probability + live[k]!.probability)) / 2 })),
  };
}

/** What a click is worth, as a multiple of the mean among these candidates; the log keeps values, which are worth x chance. */
function gainsOf(candidates: readonly DecisionCandidate[]): number[] {
  const worth = candidates.map(({ expectedValueMicros, pClick, offset }) => Number(expectedValueMicros) / meanProbability(logit(pClick) + offset.mean, offset.deviation));
  const mean = worth.reduce((sum, value) => sum + Math.abs(value), 0) / worth.length;
  return worth.map((value) => (mean === 0 ? 1 : value / mean));
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
