import { Field, InputType, ObjectType } from 'type-graphql';
import { BigIntScalar } from '../scalars';

@ObjectType('Money', { description: 'An exact amount of money.' })
export class MoneyType {
  @Field(() => BigIntScalar, { description: 'Millionths of the unit: 12.34 EUR is "12340000".' })
  micros!: bigint;

  @Field(() => String, { description: 'ISO 4217, such as EUR.' })
  currency!: string;
}

@InputType({ description: 'An exact amount of money.' })
export class MoneyInput {
  @Field(() => BigIntScalar, { description: 'Millionths of the unit, not negative: 12.34 EUR is "12340000".' })
  micros!: bigint;

  @Field(() => String, { description: 'ISO 4217, such as EUR; the currency of the campaign.' })
  currency!: string;
}
