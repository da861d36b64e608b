import { Field, Float, ObjectType } from 'type-graphql';
import { DateTimeScalar } from '../scalars';
import { ReportFigure } from './figures.type';

@ObjectType({ description: 'What was promised and what came.' })
export class Calibration {
  @Field(() => Float, { description: 'Impressions of creatives that a model scored.' })
  impressions!: number;

  @Field(() => Float, { description: 'The sum of their predicted chances of a click.' })
  predictedClicks!: number;

  @Field(() => Float, { description: 'Clicks.' })
  clicks!: number;

  @Field(() => ReportFigure, { description: 'Predicted over observed clicks: 1 is right, 1.2 promises a fifth too many. An interval without 1 is a model off its calibration.' })
  ratio!: object;
}

@ObjectType({ description: 'What was promised and what came, in one stretch of time.' })
export class CalibrationPoint extends Calibration {
  @Field(() => DateTimeScalar, { description: 'Its first moment.' })
  from!: Date;

  @Field(() => Float, { nullable: true, description: "Population stability index of its scores against the baseline's: 0 is the same; null where the baseline is empty." })
  psi!: number | null;

  @Field(() => Boolean, { description: 'Whether its scores have drifted: by 0.1 or more, and by more than chance explains over all stretches together.' })
  drifted!: boolean;
}

@ObjectType({ description: 'How good the promises of models were over time. Clicks of the last hours may still come.' })
export class CalibrationReportType {
  @Field(() => DateTimeScalar, { description: 'The first moment of the baseline, which ends where the report begins and is as long.' })
  baselineFrom!: Date;

  @Field(() => DateTimeScalar, { description: 'The first moment of the decisions counted.' })
  from!: Date;

  @Field(() => DateTimeScalar, { description: 'The moment before which they were made.' })
  to!: Date;

  @Field(() => Float, { description: 'Impressions of the baseline.' })
  baselineImpressions!: number;

  @Field(() => Calibration, { description: 'Of the whole time.' })
  overall!: object;

  @Field(() => [CalibrationPoint], { description: 'Of each hour or day that has any, oldest first.', complexity: ({ childComplexity }) => childComplexity })
  points!: readonly object[];
}
