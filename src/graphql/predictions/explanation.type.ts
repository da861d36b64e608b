import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { Attribution, PredictionBasis } from '../../domain/entities/prediction';
import { enumType } from '../enum-type';

export const AttributionPartEnum = enumType<Attribution['part']>('AttributionPart', 'What a part of the text belongs to.', {
  PROFILE: 'What is known of the person.',
  CREATIVE: 'The copy.',
});

export const PredictionBasisEnum = enumType<PredictionBasis>('PredictionBasis', 'What a prediction was made from.', {
  PROFILE: 'What was known of the person.',
  CREATIVE: 'The copy.',
  MODEL: 'The weights.',
});

@ObjectType('Attribution', { description: 'How much one word moved the score.' })
export class AttributionType {
  @Field(() => AttributionPartEnum, { description: 'What it belongs to.' })
  part!: Attribution['part'];

  @Field(() => String, { description: 'The word.' })
  text!: string;

  @Field(() => Float, { description: 'Log-odds of pClick; negative speaks against a click. All together they are breakdown.difference.' })
  weight!: number;

  @Field(() => Int, { description: 'Which word of its text, 0 first: a word may stand there twice.' })
  position!: number;
}

@ObjectType('ExplanationBreakdown', { description: 'What moved the score from its baseline, in log-odds of pClick: once by text, once by part of the model.' })
export class ExplanationBreakdownType {
  @Field(() => Float, { description: 'Log-odds of the score less those of the baseline.' })
  difference!: number;

  @Field(() => Float, { description: 'Of it, by the words of the profile; with creative this is the difference, up to completenessGap.' })
  profile!: number;

  @Field(() => Float, { description: 'Of it, by the words of the copy.' })
  creative!: number;

  @Field(() => Float, { description: 'Of it, by GPT-2; the five parts of the model sum to the difference.' })
  languageModel!: number;

  @Field(() => Float, { description: 'Of it, by what the wide part learnt to go with this profile.' })
  affinity!: number;

  @Field(() => Float, { description: 'Of it, by how phrases of the copy did before anybody.' })
  phrases!: number;

  @Field(() => Float, { description: 'Of it, by words that copy and profile share.' })
  sharedWords!: number;

  @Field(() => Float, { description: 'Of it, by what the vertical learnt of words and signs from its own log; 0 where the model in use learnt nothing of the kind.' })
  learnt!: number;
}

@ObjectType('Explanation', {
  description: 'Why a score is what it is. All but the summary is computed when it is asked for, by integrated gradients: from a baseline of the same form, whose words say nothing, to the text.',
})
export class ExplanationType {
  @Field(() => String, { description: 'One sentence, for people.' })
  summary!: string;
}
