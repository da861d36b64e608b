import { ArgsType, Field, Int } from 'type-graphql';

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: 20, description: 'How many, 1 to 100.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor: what comes after it in the list.' })
  after?: string | null;
}
