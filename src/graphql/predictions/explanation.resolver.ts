import { Arg, Ctx, FieldResolver, Float, Int, Resolver, Root } from 'type-graphql';
import { badInput } from '../../base/errors';
import type { Attribution, PredictionBasis, ScoreBreakdown } from '../../domain/entities/prediction';
import type { RankedPrediction } from '../../modules/predictions/rank-in-time';
import type { GraphContext } from '../context';
import { AttributionType, ExplanationBreakdownType, ExplanationType, PredictionBasisEnum } from './explanation.type';
import { PredictionType } from './prediction.type';

/** The first such field costs what a ranking does; each counts, as no field knows of the others. */
const EXPLAINING_COST = 400;
const computed = ({ childComplexity }: { childComplexity: number }): number => EXPLAINING_COST + childComplexity;

/** A kept summary, and the prediction whose score can be explained. */
interface Explained {
  readonly summary: string;
  readonly prediction: RankedPrediction;
}

@Resolver(() => PredictionType)
export class PredictionExplanationResolver {
  @FieldResolver(() => ExplanationType, { nullable: true, description: 'Why the score is what it is.' })
  explanation(@Root() prediction: RankedPrediction): Explained | null {
    return prediction.explanation && { summary: prediction.explanation.summary, prediction };
  }
}

@Resolver(() => ExplanationType)
export class ExplanationResolver {
  @FieldResolver(() => [AttributionType], {
    description: 'The words that moved the score most, strongest first.',
    complexity: ({ args, childComplexity }) => EXPLAINING_COST + (Number(args.first) || 10) * childComplexity,
  })
  async attributions(
    @Root() { prediction }: Explained,
    @Arg('first', () => Int, { defaultValue: 10, description: 'How many words, 1 to 200.' }) first: number,
    @Ctx() { loaders }: GraphContext,
  ): Promise<readonly Attribution[]> {
    if (first < 1 || first > 200) throw badInput('first', `first must be 1 to 200, not ${first}.`);
    return (await loaders.attribution.load(prediction)).attributions.slice(0, first);
  }

  @FieldResolver(() => Float, { description: 'Chance of a click as this explanation computed it: that of the prediction, unless something changed since.', complexity: computed })
  async probability(@Root() { prediction }: Explained, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.attribution.load(prediction)).probability;
  }

  @FieldResolver(() => Float, { description: 'Chance of a click of the baseline, where the explanation starts.', complexity: computed })
  async baselineProbability(@Root() { prediction }: Explained, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.attribution.load(prediction)).baselineProbability;
  }

  @FieldResolver(() => ExplanationBreakdownType, { description: 'What moved the score, summed by text and by part of the model.', complexity: computed })
  async breakdown(@Root() { prediction }: Explained, @Ctx() { loaders }: GraphContext): Promise<ScoreBreakdown> {
    return (await loaders.attribution.load(prediction)).breakdown;
  }

  @FieldResolver(() => Float, {
    description: 'How far all attributions together miss breakdown.difference, as a share of it: at most 0.02, unless that took more steps than are allowed.',
    complexity: computed,
  })
  async completenessGap(@Root() { prediction }: Explained, @Ctx() { loaders }: GraphContext): Promise<number> {
    return (await loaders.attribution.load(prediction)).completenessGap;
  }

  @FieldResolver(() => [PredictionBasisEnum], {
    description: 'Texts are not kept with predictions, the present ones are explained. This says what changed, where the score would be another now; empty where it is the same.',
    complexity: computed,
  })
  async changedSince(@Root() { prediction }: Explained, @Ctx() { loaders }: GraphContext): Promise<readonly PredictionBasis[]> {
    return (await loaders.attribution.load(prediction)).changedSince;
  }
}
