import { notFound } from '../../base/errors';
import type { Experiment } from '../../domain/entities/experiment';
import { HOLDOUT_ARM } from '../../domain/entities/experiment';
import { sampleRatio, type SampleRatio } from '../../ml/bandit/experiment/sample-ratio';
import type { ArmFigures } from '../../store/reports';
import type { Dependencies } from '../dependencies';
import { checkCurrency } from '../input/amounts';
import { Checker } from '../input/problems';
import { addArms, compareArms, type Comparison } from './compare-arms';
import { figuresOf, NOTHING, type ReportFigures } from './campaign-report';
import { mixedCurrencies } from './report-scope';

/** How far back a person's clicks per impression are known from. */
const BEFORE_MS = 28 * 86_400_000;

export interface ExperimentReportRequest {
  readonly experimentId: string;
  readonly currency?: string | null;
}

export interface ArmReport {
  readonly name: string;
  readonly holdout: boolean;
  /** Share of people who should be in it. */
  readonly plannedShare: number;
  /** People who are known, each once. */
  readonly people: number;
  readonly figures: ReportFigures;
}

export interface ExperimentReport {
  readonly experiment: Experiment;
  /** Null while nothing was decided. */
  readonly currency: string | null;
  readonly arms: readonly ArmReport[];
  /** Null where there is one arm alone. */
  readonly sampleRatio: SampleRatio | null;
  /**
   * What the comparisons count: people who are known, where there are any, since requests of one visitor resemble each other. Requests only where nobody
   * is known.
   */
  readonly unit: ComparedUnit;
  readonly comparisons: readonly Comparison[];
}

export type ComparedUnit = 'PERSON' | 'REQUEST';

/** What an experiment has shown so far: it may be read at any time, and acted on, without being misled by the looking. */
export async function experimentReport(deps: Dependencies, { experimentId, currency = null }: ExperimentReportRequest): Promise<ExperimentReport> {
  const check = new Checker();
  if (currency !== null) checkCurrency(check, 'currency', currency);
  check.orThrow();
  const [experiment] = await deps.store.experiments.byIds(deps.advertiserId, [experimentId]);
  if (!experiment) throw notFound('experiment');
  const before = experiment.startsAt;
  const found = await deps.store.reports.armFigures(deps.advertiserId, { experimentId, currency, before, beforeFrom: new Date(before.getTime() - BEFORE_MS) });
  const currencies = found[0]?.currencies ?? [];
  if (currencies.length > 1) throw mixedCurrencies('currency', currencies, 'Say in which currency the report is to be.');

  const planned = armsOf(experiment).map((arm) => ({ ...arm, sums: found.filter((each) => (each.arm ?? HOLDOUT_ARM) === arm.name) }));
  const arms = planned.map(({ name, share, holdout, sums }) => ({
    name, holdout, plannedShare: share,
    people: sums.find(({ ofPeople }) => ofPeople)?.units ?? 0,
    figures: figuresOf(sums.reduce(addArms, NO_ARM), currencies[0] ?? currency ?? NO_CURRENCY),
  }));
  const split = planned.length < 2 ? null : sampleRatio(arms.map(({ people }) => people), planned.map(({ share }) => share));
  const byPerson = found.some(({ ofPeople }) => ofPeople);
  const compared = planned.map(({ name, holdout, sums }) => ({ name, holdout, sums: sums.find(({ ofPeople }) => ofPeople === byPerson) ?? NO_ARM }));
  return {
    experiment,
    currency: currencies[0] ?? currency,
    arms,
    sampleRatio: split,
    unit: byPerson || found.length === 0 ? 'PERSON' : 'REQUEST',
    comparisons: compareArms(compared, { trusted: !split?.mismatch }),
  };
}

/** Every arm with its share of people, the holdout last. */
function armsOf({ arms, holdout }: Experiment): { name: string; share: number; holdout: boolean }[] {
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  const dealt = arms.map(({ name, weight }) => ({ name, share: (weight / total) * (1 - holdout), holdout: false }));
  return holdout > 0 ? [...dealt, { name: HOLDOUT_ARM, share: holdout, holdout: true }] : dealt;
}

/** ISO 4217's code for none: of amounts that are all 0 because nothing was decided. */
const NO_CURRENCY = 'XXX';

const NO_ARM: ArmFigures = {
  ...NOTHING, arm: null, ofPeople: true, currencies: [], known: 0, rates: 0, ratesSquared: 0, clicksRates: 0, impressionsRates: 0, knownClicks: 0, knownImpressions: 0,
};
