import { Field, ObjectType } from 'type-graphql';
import { problemsOf } from '../../modules/input/problems';
import { enumType } from '../enum-type';

export const UserErrorCode = enumType('UserErrorCode', 'What kind of thing a caller has to mend.', {
  BAD_INPUT: 'A value is not allowed; the message says what is.',
  NOT_FOUND: 'An id names nothing (any more).',
  STALE_VERSION: 'The thing has changed since it was read: read it again.',
  CONFLICT: 'The change does not fit the state that the thing is in.',
  TOO_LARGE: 'Too many entries in one call.',
  TOKEN_INVALID: 'A delivery token that was not made here, or not for this advertiser or this kind of outcome.',
  TOKEN_EXPIRED: 'A delivery token that is too old to be taken.',
});

@ObjectType({ description: 'One thing wrong with the input of a mutation, in words that let a person mend it. Nothing was changed.' })
export class UserError {
  @Field(() => UserErrorCode, { description: 'What kind of problem it is, for machines.' })
  code!: keyof typeof UserErrorCode;

  @Field(() => String, { nullable: true, description: 'Path inside input, such as flight.endsAt or events.3.itemText; null speaks of the whole.' })
  field!: string | null;

  @Field(() => String, { description: 'What was required and what came.' })
  message!: string;

  @Field(() => String, { nullable: true, description: 'How to mend it.' })
  hint!: string | null;
}

@ObjectType({ description: 'What every mutation answers.' })
export abstract class MutationPayload {
  @Field(() => [UserError], { description: 'All that is wrong with the input; empty when the mutation took place (or would, with validateOnly).' })
  userErrors!: UserError[];
}

/** Runs a use-case; what a person can mend becomes `userErrors`, everything else goes on being thrown. */
export async function settle<T extends object>(nothing: T, work: () => Promise<T>): Promise<T & { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    const problems = problemsOf(error);
    if (!problems) throw error;
    return {
      ...nothing,
      userErrors: problems.map(({ code, field, message, hint }) => ({
        code: code as keyof typeof UserErrorCode,
        field,
        message,
        hint: hint ?? null,
      })),
    };
  }
}
