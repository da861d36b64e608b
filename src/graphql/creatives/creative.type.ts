import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { CreativeOrigin, CreativeStatus, FindingSeverity } from '../../domain/entities/creative';
import type { CreativeChange } from '../../modules/creatives/creative-changed';
import { MutationPayload } from '../errors/user-error.type';
import { connectionTypeOf } from '../relay/connection.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';
import { CreativeChangeEnum, CreativeOriginEnum, CreativeStatusEnum, FindingSeverityEnum } from './creative.enums';

@ObjectType({ description: 'One verdict of the guard: why copy may or may not run.' })
export class Finding {
  @Field(() => String, { description: "The rule's stable name, for machines." })
  rule!: string;

  @Field(() => FindingSeverityEnum, { description: 'How grave it is.' })
  severity!: FindingSeverity;

  @Field(() => String, { nullable: true, description: 'headline, body or callToAction; null speaks of the whole.' })
  field!: string | null;

  @Field(() => String, { description: 'What was found and how to mend it.' })
  message!: string;
}

@ObjectType({ description: 'What the model wrote, slots unfilled.' })
export class CopyTemplate {
  @Field(() => String, { description: 'The headline.' })
  headline!: string;

  @Field(() => String, { nullable: true, description: 'The body.' })
  body!: string | null;

  @Field(() => String, { nullable: true, description: 'The call to action.' })
  callToAction!: string | null;
}

@ObjectType('Provenance', { description: 'How generated copy came to be, enough to make it again.' })
export class ProvenanceType {
  @Field(() => String, { description: 'The prompt the model continued.' })
  prompt!: string;

  @Field(() => Float, { description: 'The same prompt with the same seed and model gives the same copy.' })
  seed!: number;

  @Field(() => CopyTemplate, { description: 'What the model wrote, slots unfilled.' })
  template!: CopyTemplate;

  @Field(() => Float, { nullable: true, description: 'Mean log-probability per token of the headline: how fluent the model finds it.' })
  logProbability!: number | null;
}

@ObjectType('CreativeCounts', { description: 'What was counted of a creative.' })
export class CreativeCountsType {
  @Field(() => Float, { description: 'How often it was shown.' })
  impressions!: number;

  @Field(() => Float, { description: 'How often it was clicked.' })
  clicks!: number;

  @Field(() => Float, { description: 'How many conversions followed.' })
  conversions!: number;

  @Field(() => Float, { nullable: true, description: 'Clicks per impression; null before the first impression.' })
  clickRate!: number | null;
}

@ObjectType('Creative', { implements: Node, description: 'One ad: headline, body, call to action, image.' })
export class CreativeType extends Node {
  @Field(() => String, { nullable: true, description: "The caller's own name for it." })
  externalId!: string | null;

  @Field(() => String, { description: 'The headline.' })
  headline!: string;

  @Field(() => String, { nullable: true, description: 'The description below the headline.' })
  body!: string | null;

  @Field(() => String, { nullable: true, description: 'The words on the button.' })
  callToAction!: string | null;

  @Field(() => String, { nullable: true, description: 'The image, by address.' })
  imageUrl!: string | null;

  @Field(() => CreativeOriginEnum, { description: 'Where the copy comes from.' })
  origin!: CreativeOrigin;

  @Field(() => CreativeStatusEnum, { description: 'Where it stands.' })
  status!: CreativeStatus;

  @Field(() => Int, { description: 'Grows by one with every change of copy or status; give it as expectedVersion.' })
  version!: number;

  @Field(() => [Finding], { description: 'What the guard says of the copy, gravest first.' })
  findings!: Finding[];

  @Field(() => String, { nullable: true, description: 'What the reviewer said.' })
  reviewNote!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}
export const CreativeConnection = connectionTypeOf('Creative', () => CreativeType, { counted: true });

@ObjectType({ description: 'What a mutation of a creative answers.' })
export class CreativePayload extends MutationPayload {
  @Field(() => CreativeType, { nullable: true, description: 'The creative as it is now; null on errors and dry runs.' })
  creative!: object | null;

  @Field(() => [Finding], { description: 'What the guard says of the copy, also on a dry run.' })
  findings!: Finding[];
}

@ObjectType('CreativeChange', { description: 'One change of a creative, as it is told to subscribers.' })
export class CreativeChangeEvent {
  @Field(() => String, { description: 'Give it as after to go on from here.' })
  cursor!: string;

  @Field(() => CreativeChangeEnum, { description: 'What happened.' })
  change!: CreativeChange;

  @Field(() => Int, { description: 'The version that the change made; the creative may be further on already.' })
  version!: number;

  @Field(() => CreativeType, { nullable: true, description: 'The creative as it is now; null when it is gone.' })
  creative!: object | null;
}
