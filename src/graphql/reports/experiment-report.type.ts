import { Field, Float, ObjectType } from 'type-graphql';
import type { Verdict } from '../../modules/reports/compare-arms';
import type { ComparedUnit } from '../../modules/reports/experiment-report';
import type { Metric } from '../../modules/reports/metrics';
import { enumType } from '../enum-type';
import { ExperimentType } from '../experiments/experiment.type';
import { ReportFigure, ReportFigures } from './figures.type';

export const MetricEnum = enumType<Metric>('ReportMetric', 'What is compared.', {
  CTR: 'Clicks per impression.',
  CVR: 'Conversions per click.',
  CPA: 'Spend per conversion: smaller is better.',
  ROAS: 'Value per spend.',
});

export const VerdictEnum = enumType<Verdict>('ExperimentVerdict', 'What a comparison has shown. Of all findings of a report at most one in twenty is expected to be false.', {
  BETTER: 'It is better.',
  WORSE: 'It is worse.',
  UNDECIDED: 'Not known yet, or no difference.',
  NOT_TRUSTED: 'People were not split as planned: find the cause first.',
});

export const ComparedUnitEnum = enumType<ComparedUnit>('ComparedUnit', 'What comparisons count as one.', {
  PERSON: 'A person who agreed to measurement. Others count in the figures of the arms alone.',
  REQUEST: 'A request, as nobody is known: where one visitor makes many, the intervals are too narrow.',
});

@ObjectType({ description: 'One arm and what came of it.' })
export class ArmReport {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it is the holdout, whom no model chooses for.' })
  holdout!: boolean;

  @Field(() => Float, { description: 'The share of people who should be in it.' })
  plannedShare!: number;

  @Field(() => Float, { description: 'People in it who are known, each once.' })
  people!: number;

  @Field(() => ReportFigures, { description: 'Its figures.' })
  figures!: object;
}

@ObjectType({ description: 'Whether people were split over arms as planned; may be looked at any time.' })
export class SampleRatio {
  @Field(() => Float, { description: 'The chance of a split this odd at any look, if all is as planned.' })
  pValue!: number;

  @Field(() => Boolean, { description: 'True below 0.001: no comparison is to be trusted.' })
  mismatch!: boolean;

  @Field(() => [Float], { description: 'People whom each arm should have, in the order of arms.' })
  expected!: readonly number[];
}

@ObjectType({ description: 'One metric of one arm against another.' })
export class ArmComparison {
  @Field(() => String, { nullable: true, description: 'The arm; null is all arms together, against the holdout.' })
  arm!: string | null;

  @Field(() => String, { description: 'What it is held against: the control, or the holdout.' })
  against!: string;

  @Field(() => MetricEnum, { description: 'What is compared.' })
  metric!: Metric;

  @Field(() => ReportFigure, { description: "The arm's minus the other's; of CPA in micros of the report's currency." })
  difference!: object;

  @Field(() => Float, { nullable: true, description: "The difference over the other's value: 0.1 is a tenth more." })
  relative!: number | null;

  @Field(() => ReportFigure, { nullable: true, description: 'The difference with what people did before the experiment taken out (CUPED); null where that is not known.' })
  adjusted!: object | null;

  @Field(() => Float, { nullable: true, description: 'The share of the variance that this took away.' })
  varianceCut!: number | null;

  @Field(() => Float, { description: 'The evidence against no difference, of adjusted where there is one: expected to be at most 1 if there is none, however often one looks.' })
  eValue!: number;

  @Field(() => VerdictEnum, { description: 'What it has shown, all comparisons considered together.' })
  verdict!: Verdict;
}

@ObjectType({ description: 'What an experiment has shown so far. It may be read, and acted on, at any time.' })
export class ExperimentReportType {
  @Field(() => ExperimentType, { description: 'The experiment.' })
  experiment!: object;

  @Field(() => String, { nullable: true, description: 'ISO 4217: the currency of all amounts; null while nothing was decided.' })
  currency!: string | null;

  @Field(() => [ArmReport], { description: 'The arms, the control first and the holdout last.' })
  arms!: readonly object[];

  @Field(() => SampleRatio, { nullable: true, description: 'Whether people were split as planned; null where there is one arm alone.' })
  sampleRatio!: object | null;

  @Field(() => ComparedUnitEnum, { description: 'What the comparisons count as one.' })
  unit!: ComparedUnit;

  @Field(() => [ArmComparison], { description: 'Every arm against the control, and all arms together against the holdout.' })
  comparisons!: readonly object[];
}
