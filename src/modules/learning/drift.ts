import type { Vertical } from '../../domain/entities/campaign';
import { calibrationInterval } from '../../ml/bandit/experiment/calibration-interval';
import { populationStability } from '../../ml/bandit/experiment/population-stability';
import type { BriefDecision } from '../../store/decisions';
import type { Dependencies } from '../dependencies';

export interface Drift {
  readonly decisions: number;
  /** Clicks that the live model promised over those that came, with an interval that holds at every look. */
  readonly predictedOverObserved: { readonly value: number; readonly low: number; readonly high: number };
  /** Of its chances, the older half of these decisions against the newer. */
  readonly stability: { readonly psi: number; readonly drifted: boolean };
  /** Null where all is as it was. */
  readonly why: string | null;
}

/** The latest decisions that are looked at, and those below which nothing is said. */
const LOOKED_AT = 2_000;
const LEAST = 400;
const BINS = 10;
const ALPHA = 0.01;
/** Promised over observed, surely beyond these. */
const BOUNDS = { low: 0.8, high: 1.25 };

/** Whether what the live model promises for a vertical and what comes have drifted apart, or what it is asked about has changed. */
export async function driftOf(deps: Dependencies, vertical: Vertical): Promise<Drift | null> {
  const live = deps.liveModels.classifier(vertical);
  if (live === null) return null;
  const seen = await deps.store.decisions.seen(deps.advertiserId, { vertical, until: deps.clock.now(), limit: LOOKED_AT });
  const own = seen.filter(({ modelVersionId }) => modelVersionId === live.modelVersionId);
  if (own.length < LEAST) return null;
  const predicted = own.reduce((sum, { pClick }) => sum + pClick, 0);
  const predictedOverObserved = calibrationInterval(predicted, own.filter(({ clickAt }) => clickAt !== null).length, own.length, ALPHA);
  const stability = stabilityOf(own);
  const off = predictedOverObserved.low > BOUNDS.high || predictedOverObserved.high < BOUNDS.low;
  const why = off
    ? `promised over observed is ${predictedOverObserved.value.toFixed(2)} (${predictedOverObserved.low.toFixed(2)} to ${predictedOverObserved.high.toFixed(2)}), surely beyond ${BOUNDS.low} to ${BOUNDS.high}`
    : stability.drifted ? `the chances that it gives have moved: stability index ${stability.psi.toFixed(2)}` : null;
  return { decisions: own.length, predictedOverObserved, stability, why };
}

/** @param decisions newest first */
function stabilityOf(decisions: readonly BriefDecision[]): Drift['stability'] {
  const half = Math.floor(decisions.length / 2);
  const [newer, older] = [decisions.slice(0, half), decisions.slice(half)].map((part) => part.map(({ pClick }) => pClick)) as [number[], number[]];
  const sorted = older.toSorted((a, b) => a - b);
  const edges = Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / BINS)]!);
  const histogram = (values: readonly number[]): number[] => {
    const counts = Array.from({ length: BINS }, () => 0);
    for (const value of values) counts[edges.filter((edge) => value > edge).length]!++;
    return counts;
  };
  const { psi, drifted } = populationStability(histogram(older), histogram(newer), ALPHA);
  return { psi, drifted };
}
