import { Field, Float, ObjectType } from 'type-graphql';
import type { Bucket } from '../../modules/reports/campaign-report';
import { enumType } from '../enum-type';
import { MoneyType } from '../money/money.type';

export const BucketEnum = enumType<Bucket>('Bucket', 'A stretch of time, in UTC.', { HOUR: 'An hour.', DAY: 'A day.' });

const WHEN_KNOWN = 'null while there is too little evidence.';

@ObjectType({ description: 'A figure with a confidence sequence: it covers the truth at all times together with 95 %, so it may be looked at, and acted on, at any time.' })
export class ReportFigure {
  @Field(() => Float, { nullable: true, description: 'What was observed; null where there is nothing to divide by.' })
  value!: number | null;

  @Field(() => Float, { nullable: true, description: `Low end; ${WHEN_KNOWN}` })
  low!: number | null;

  @Field(() => Float, { nullable: true, description: `High end; ${WHEN_KNOWN}` })
  high!: number | null;
}

@ObjectType({ description: 'An average amount with a confidence sequence, as ReportFigure.' })
export class MoneyFigure {
  @Field(() => MoneyType, { nullable: true, description: 'What was observed; null where there is nothing to divide by.' })
  value!: object | null;

  @Field(() => MoneyType, { nullable: true, description: `Low end; ${WHEN_KNOWN}` })
  low!: object | null;

  @Field(() => MoneyType, { nullable: true, description: `High end; ${WHEN_KNOWN}` })
  high!: object | null;
}

@ObjectType({ description: 'What came of creatives that were shown. Outcomes count at the time of their decision, however late they came.' })
export class ReportFigures {
  @Field(() => Float, { description: 'How often one was seen.' })
  impressions!: number;

  @Field(() => Float, { description: 'How often one was clicked.' })
  clicks!: number;

  @Field(() => Float, { description: 'How often what the campaign wants took place.' })
  conversions!: number;

  @Field(() => MoneyType, { description: 'What it was worth.' })
  value!: object;

  @Field(() => MoneyType, { description: 'What was charged for it, at the prices of the time and within the budgets: in all, what its campaigns spent.' })
  spend!: object;

  @Field(() => ReportFigure, { description: 'Clicks per impression.' })
  ctr!: object;

  @Field(() => ReportFigure, { description: 'Conversions per click.' })
  cvr!: object;

  @Field(() => ReportFigure, { description: 'Value per spend.' })
  roas!: object;
}
