import { Field, Float, InputType, Int } from 'type-graphql';
import type { EventKind } from '../../domain/entities/event';
import type { ProfileSortField } from '../../modules/profiles/read-profiles';
import { SortDirectionEnum } from '../campaigns/campaign.enums';
import { DateTimeScalar } from '../scalars';
import { EventKindEnum, ProfileSortFieldEnum } from './profile.type';

const optional = { nullable: true } as const;
const DRY_RUN = 'True checks everything and changes nothing.';

@InputType({ description: 'What a person agreed to. A purpose that is absent stays as it is; a new profile starts with none.' })
export class ConsentInput {
  @Field(() => Boolean, { ...optional, description: 'Copy may be chosen and written by what the person did.' })
  personalisation?: boolean;

  @Field(() => Boolean, { ...optional, description: "The person's rows may train models." })
  training?: boolean;

  @Field(() => Boolean, { ...optional, description: 'Outcomes may be tied to the person.' })
  measurement?: boolean;
}

@InputType({ description: 'A stated fact of a person.' })
export class AttributeInput {
  @Field(() => String, { description: 'Its name, at most 80 characters.' })
  name!: string;

  @Field(() => String, { description: 'Its value, at most 200 characters.' })
  value!: string;
}

@InputType({ description: 'A person, made or changed. What they did is untouched.' })
export class UpsertProfileInput {
  @Field(() => String, { description: "The caller's id of the person; send the same again to change the profile." })
  externalId!: string;

  @Field(() => ConsentInput, { ...optional, description: 'What the person agreed to.' })
  consent?: ConsentInput | null;

  @Field(() => [AttributeInput], { ...optional, description: 'Replaces all stated facts when given.' })
  attributes?: AttributeInput[] | null;

  @Field(() => Int, { ...optional, description: 'When given, the profile must be at this version.' })
  expectedVersion?: number | null;

  @Field(() => Boolean, { ...optional, description: DRY_RUN })
  validateOnly?: boolean;
}

@InputType({ description: 'A person to be erased.' })
export class EraseProfileInput {
  @Field(() => String, { description: "The caller's id of the person." })
  externalId!: string;

  @Field(() => Boolean, { ...optional, description: DRY_RUN })
  validateOnly?: boolean;
}

@InputType('EventInput', { description: 'One thing somebody did.' })
export class EventInputType {
  @Field(() => String, { description: "The caller's id of the event: a repeat changes nothing." })
  eventId!: string;

  @Field(() => String, { description: "The caller's id of the person; somebody new gets a profile that has agreed to nothing." })
  profileExternalId!: string;

  @Field(() => EventKindEnum, { description: 'What they did.' })
  kind!: EventKind;

  @Field(() => String, { description: 'Title of the item, or what was searched for.' })
  itemText!: string;

  @Field(() => String, { ...optional, description: 'Category of the item: it becomes an interest.' })
  category?: string | null;

  @Field(() => Float, { ...optional, description: 'Amount of a purchase, stars of a rating.' })
  value?: number | null;

  @Field(() => DateTimeScalar, { ...optional, description: 'When; now, when absent.' })
  occurredAt?: Date | null;
}

@InputType({ description: 'What people did.' })
export class RecordEventsInput {
  @Field(() => [EventInputType], { description: 'At most 1,000. All are kept or none.' })
  events!: EventInputType[];

  @Field(() => Boolean, { ...optional, description: DRY_RUN })
  validateOnly?: boolean;
}

@InputType({ description: 'Which profiles; all that is said must hold.' })
export class ProfileFilterInput {
  @Field(() => [String], { ...optional, description: 'One of these ids of the caller.' })
  externalIds?: string[];

  @Field(() => [String], { ...optional, description: 'In one of these segments.' })
  segmentsAnyOf?: string[];

  @Field(() => [String], { ...optional, description: 'Follows one of these interests.' })
  interestsAnyOf?: string[];

  @Field(() => String, { ...optional, description: "Start of the caller's id." })
  search?: string;
}

@InputType({ description: 'The order of a list of profiles.' })
export class ProfileSortInput {
  @Field(() => ProfileSortFieldEnum, { description: 'By what.' })
  field!: ProfileSortField;

  @Field(() => SortDirectionEnum, { description: 'Which way.' })
  direction!: 'ASC' | 'DESC';
}
