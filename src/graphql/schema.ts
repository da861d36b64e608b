import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync, type BuildSchemaOptions } from 'type-graphql';
import { CampaignResolver } from './campaigns/campaign.resolver';
import { CampaignCreativesResolver, CreativeResolver } from './creatives/creative.resolver';
import { DecisionCandidateResolver, DecisionResolver, PassedOverResolver } from './delivery/decision.resolver';
import { OutcomeResolver } from './delivery/outcome.resolver';
import { ExperimentResolver } from './experiments/experiment.resolver';
import { CampaignGenerationJobsResolver, GenerationJobResolver } from './generation/generation-job.resolver';
import { ModelVersionResolver } from './models/model-version.resolver';
import { ExplanationResolver, PredictionExplanationResolver } from './predictions/explanation.resolver';
import { PredictionResolver, ProfilePredictionsResolver, RankingResolver } from './predictions/prediction.resolver';
import { ProfileResolver } from './profiles/profile.resolver';
import { CalibrationReportResolver } from './reports/calibration-report.resolver';
import { CampaignReportResolver, ReportFiguresResolver } from './reports/campaign-report.resolver';
import { ExperimentReportResolver } from './reports/experiment-report.resolver';
import { NodeResolver } from './relay/node.resolver';
import { TrainingRunResolver } from './training/training-run.resolver';

const RESOLVERS: BuildSchemaOptions['resolvers'] = [
  NodeResolver,
  CampaignResolver,
  CampaignCreativesResolver,
  CampaignGenerationJobsResolver,
  ProfileResolver,
  ProfilePredictionsResolver,
  CreativeResolver,
  PredictionResolver,
  PredictionExplanationResolver,
  ExplanationResolver,
  RankingResolver,
  ModelVersionResolver,
  GenerationJobResolver,
  OutcomeResolver,
  TrainingRunResolver,
  DecisionResolver,
  PassedOverResolver,
  DecisionCandidateResolver,
  ExperimentResolver,
  CampaignReportResolver,
  ReportFiguresResolver,
  ExperimentReportResolver,
  CalibrationReportResolver,
];

let built: GraphQLSchema | null = null;

/** The executable schema; made once, as it holds no state. */
export function adloomSchema(): GraphQLSchema {
  built ??= describeRoots(buildSchemaSync({
    resolvers: RESOLVERS,
    // Inputs are checked by the use-cases, which also serve callers that are not GraphQL.
    validate: false,
    // Subscriptions bring their own source (`listen`); nothing goes through type-graphql's.
    pubSub: { subscribe: () => { throw new Error('Subscriptions listen to the bus.'); }, publish: () => undefined },
  }));
  return built;
}

/** type-graphql has no place for these. */
function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const texts = {
    Query: 'What can be read. Nothing here changes anything, but that rankings are kept as predictions.',
    Mutation: 'What can be changed. Each takes one input and answers what changed, or userErrors that say how to mend the input.',
    Subscription: 'What can be followed, over graphql-transport-ws. Every event has a cursor: give it as after to miss nothing. One that is older than what is kept (ADLOOM_FEED_DAYS) is refused: CURSOR_EXPIRED.',
  };
  for (const [name, text] of Object.entries(texts)) schema.getType(name)!.description = text;
  return schema;
}
