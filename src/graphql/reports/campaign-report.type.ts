import { Field, ObjectType } from 'type-graphql';
import { CreativeType } from '../creatives/creative.type';
import { DateTimeScalar } from '../scalars';
import { ReportFigures } from './figures.type';

@ObjectType({ description: 'The figures of one creative.' })
export class CreativeFigures {
  @Field(() => CreativeType, { nullable: true, description: 'The creative; null when it is gone.' })
  creative!: object | null;

  @Field(() => ReportFigures, { description: 'Its figures.' })
  figures!: object;
}

@ObjectType({ description: 'The figures of one segment.' })
export class SegmentFigures {
  @Field(() => String, { description: 'The segment.' })
  segment!: string;

  @Field(() => ReportFigures, { description: 'Its figures.' })
  figures!: object;
}

@ObjectType({ description: 'The figures of one stretch of time.' })
export class TimeFigures {
  @Field(() => DateTimeScalar, { description: 'Its first moment.' })
  from!: Date;

  @Field(() => ReportFigures, { description: 'Its figures.' })
  figures!: object;
}

@ObjectType({ description: 'What came of campaigns in a time, in one currency.' })
export class CampaignReportType {
  @Field(() => DateTimeScalar, { description: 'The first moment of the decisions counted.' })
  from!: Date;

  @Field(() => DateTimeScalar, { description: 'The moment before which they were made.' })
  to!: Date;

  @Field(() => String, { description: 'ISO 4217: the currency of all amounts.' })
  currency!: string;
}
