import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import type { OutcomeKind } from '../../domain/entities/outcome';
import { CreativeType } from '../creatives/creative.type';
import { enumType } from '../enum-type';
import { MutationPayload } from '../errors/user-error.type';
import { MoneyInput } from '../money/money.type';
import { Node } from '../relay/node.type';
import { DateTimeScalar } from '../scalars';

const optional = { nullable: true } as const;

export const OutcomeKindEnum = enumType<OutcomeKind>('OutcomeKind', 'What happened after a creative was shown.', {
  IMPRESSION: 'It was seen.',
  CLICK: 'It was clicked.',
  CONVERSION: 'What the campaign wants took place.',
});

@ObjectType('Outcome', { implements: Node, description: 'What happened after a creative was shown.' })
export class OutcomeType extends Node {
  @Field(() => String, { description: "The caller's id of the outcome." })
  outcomeId!: string;

  @Field(() => OutcomeKindEnum, { description: 'What happened.' })
  kind!: OutcomeKind;

  @Field(() => Int, { description: 'How many it stands for.' })
  count!: number;

  @Field(() => DateTimeScalar, { description: 'When it happened.' })
  occurredAt!: Date;

  @Field(() => DateTimeScalar, { description: 'When we were told.' })
  receivedAt!: Date;
}

@InputType('OutcomeInput', { description: 'What happened after a creative was shown.' })
export class OutcomeInputType {
  @Field(() => String, { ...optional, description: "The caller's id of the outcome: a repeat changes nothing. Needed with creativeId; of a decision, conversions alone may be several, each with an id." })
  outcomeId?: string | null;

  @Field(() => String, { ...optional, description: 'What was shown, by the token of the decision; it says the kind too.' })
  token?: string | null;

  @Field(() => ID, { ...optional, description: 'What was shown, by the decision. Its impression and its click count once, however they are told.' })
  decisionId?: string | null;

  @Field(() => ID, { ...optional, description: 'What was shown, by the creative: for what was not decided here.' })
  creativeId?: string | null;

  @Field(() => String, { ...optional, description: "The caller's id of the person; kept only where they agreed to measurement." })
  profileExternalId?: string | null;

  @Field(() => OutcomeKindEnum, { ...optional, description: 'What happened; absent only with a token.' })
  kind?: OutcomeKind | null;

  @Field(() => Int, { ...optional, description: 'How many it stands for; 1 when absent.' })
  count?: number | null;

  @Field(() => MoneyInput, { ...optional, description: "What it was worth, of all together, in the campaign's currency." })
  value?: MoneyInput | null;

  @Field(() => DateTimeScalar, { ...optional, description: 'When; now, when absent.' })
  occurredAt?: Date | null;
}

@InputType({ description: 'What happened after creatives were shown.' })
export class RecordOutcomesInput {
  @Field(() => [OutcomeInputType], { description: 'At most 1,000. All are kept or none.' })
  outcomes!: OutcomeInputType[];

  @Field(() => Boolean, { ...optional, description: 'True checks everything and changes nothing.' })
  validateOnly?: boolean;
}

const LateCode = enumType<'LATE'>('LateCode', 'Why an outcome does not count.', { LATE: "It happened after the decision's window: that of its impression, or the campaign's for clicks or conversions." });

@ObjectType('LateOutcome', { description: 'An outcome that was told of in good order but happened after its window: it counts nowhere.' })
export class LateOutcomeType {
  @Field(() => LateCode, { description: 'For machines.' })
  code!: 'LATE';

  @Field(() => Int, { description: 'Its place in outcomes, 0 first.' })
  index!: number;

  @Field(() => OutcomeKindEnum, { description: 'What happened.' })
  kind!: OutcomeKind;

  @Field(() => DateTimeScalar, { description: 'The last moment at which it would have counted.' })
  lastMoment!: Date;
}

@ObjectType({ description: 'What recordOutcomes answers.' })
export class RecordOutcomesPayload extends MutationPayload {
  @Field(() => Int, { description: 'Outcomes that were new.' })
  recorded!: number;

  @Field(() => Int, { description: 'Outcomes whose id was known; they changed nothing.' })
  replayed!: number;

  @Field(() => [LateOutcomeType], { description: 'Outcomes that came after their window; the others of the batch are kept.' })
  late!: object[];

  @Field(() => [CreativeType], { description: 'Creatives whose counts changed, as they are now.' })
  creatives!: object[];
}

@ObjectType({ description: 'One outcome, as it is told to subscribers.' })
export class OutcomeRecordedEvent {
  @Field(() => String, { description: 'Give it as after to go on from here.' })
  cursor!: string;

  @Field(() => OutcomeType, { nullable: true, description: 'The outcome; null when it is gone.' })
  outcome!: object | null;
}
