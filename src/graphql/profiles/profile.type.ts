import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { EventKind } from '../../domain/entities/event';
import type { ProfileSortField } from '../../modules/profiles/read-profiles';
import { enumType } from '../enum-type';
import { MutationPayload } from '../errors/user-error.type';
import { ModelVersionType } from '../models/model-version.type';
import { connectionTypeOf } from '../relay/connection.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

export const EventKindEnum = enumType<EventKind>('EventKind', 'What somebody did.', {
  VIEW: 'Looked at an item.',
  SEARCH: 'Searched for something.',
  CLICK: 'Clicked an ad or a link.',
  CART: 'Put an item into the basket.',
  PURCHASE: 'Bought an item.',
  ENROL: 'Enrolled in a course.',
  INVEST: 'Invested.',
  BOOK: 'Booked a trip or a stay.',
  RATE: 'Rated an item; the value is the stars.',
});

export const ProfileSortFieldEnum = enumType<ProfileSortField>('ProfileSortField', 'What profiles are sorted by.', {
  CREATED_AT: 'When it was made.',
  UPDATED_AT: 'When it last changed.',
  EXTERNAL_ID: "The caller's id.",
});

@ObjectType('Consent', { description: 'What a person agreed to, per purpose. Without a purpose nothing of the profile reaches that use.' })
export class ConsentType {
  @Field(() => Boolean, { description: 'Copy may be chosen and written by what the person did.' })
  personalisation!: boolean;

  @Field(() => Boolean, { description: "The person's rows may train models." })
  training!: boolean;

  @Field(() => Boolean, { description: 'Outcomes may be tied to the person.' })
  measurement!: boolean;
}

@ObjectType('Attribute', { description: 'A stated fact of a person.' })
export class AttributeType {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { description: 'Its value.' })
  value!: string;
}

@ObjectType('Interest', { description: 'A theme that a person follows.' })
export class InterestType {
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => Float, { description: 'How strongly, as of now: weights decay in time.' })
  weight!: number;

  @Field(() => DateTimeScalar, { description: 'The moment the weight holds for.' })
  updatedAt!: Date;
}

@ObjectType('RecentItem', { description: 'One thing the person touched lately.' })
export class RecentItemType {
  @Field(() => String, { description: 'Its title.' })
  text!: string;

  @Field(() => String, { nullable: true, description: 'Its category.' })
  category!: string | null;

  @Field(() => EventKindEnum, { description: 'What the person did with it.' })
  kind!: EventKind;

  @Field(() => DateTimeScalar, { description: 'When.' })
  at!: Date;
}

@ObjectType('Profile', { implements: Node, description: 'One person as an advertiser knows them.' })
export class ProfileType extends Node {
  @Field(() => String, { description: "The caller's id of the person." })
  externalId!: string;

  @Field(() => ConsentType, { description: 'What the person agreed to.' })
  consent!: ConsentType;

  @Field(() => [String], { description: 'Named groups the person is in, as of the last event.' })
  segments!: string[];

  @Field(() => [RecentItemType], { description: 'What the person touched lately, newest last.' })
  recentItems!: RecentItemType[];

  @Field(() => String, { description: 'What the models read of the person: recent titles, newest last. Empty without consent.' })
  profileText!: string;

  @Field(() => Int, { description: 'Grows by one with every change; give it as expectedVersion.' })
  version!: number;

  @Field(() => DateTimeScalar, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const ProfileConnection = connectionTypeOf('Profile', () => ProfileType, { counted: true });

@ObjectType({ description: 'What a mutation of a profile answers.' })
export class ProfilePayload extends MutationPayload {
  @Field(() => ProfileType, { nullable: true, description: 'The profile as it is now; null on errors and dry runs.' })
  profile!: object | null;
}

@ObjectType({ description: 'What an erasure took away, and what it left without the person.' })
export class ErasureType {
  @Field(() => Int, { description: 'Things the person did, gone.' })
  events!: number;

  @Field(() => Int, { description: 'Predictions made for the person, gone.' })
  predictions!: number;

  @Field(() => Int, { description: 'Decisions that stay counted, and say no more whom they were made for.' })
  decisions!: number;

  @Field(() => Int, { description: 'Outcomes that stay counted, and say no more whose they were.' })
  outcomes!: number;

  @Field(() => Int, { description: 'Creatives that were written for the person: they stay, without a word of that, and no writer learns from them.' })
  creatives!: number;

  @Field(() => [ModelVersionType], { description: 'Versions that were trained on a log with decisions for the person; they are not changed, and count it in erasedPeople.' })
  models!: object[];
}

@ObjectType({ description: 'What eraseProfile answers.' })
export class EraseProfilePayload extends MutationPayload {
  @Field(() => ErasureType, { nullable: true, description: 'What was erased; null on errors and dry runs.' })
  erased!: object | null;
}

@ObjectType({ description: 'What recordEvents answers.' })
export class RecordEventsPayload extends MutationPayload {
  @Field(() => Int, { description: 'Events that were new.' })
  recorded!: number;

  @Field(() => Int, { description: 'Events whose id was known; they changed nothing.' })
  replayed!: number;

  @Field(() => [ProfileType], { description: 'Profiles that new events changed, as they are now.' })
  profiles!: object[];
}
