import DataLoader from 'dataloader';
import type { Campaign } from '../domain/entities/campaign';
import type { Creative } from '../domain/entities/creative';
import type { Decision } from '../domain/entities/decision';
import type { Experiment } from '../domain/entities/experiment';
import type { GenerationJob } from '../domain/entities/generation-job';
import type { ModelVersion } from '../domain/entities/model-version';
import type { Outcome } from '../domain/entities/outcome';
import type { Prediction, ScoreAttribution } from '../domain/entities/prediction';
import type { Profile } from '../domain/entities/profile';
import type { TrainingRun } from '../domain/entities/training-run';
import { campaignsByIds } from '../modules/campaigns/read-campaigns';
import {
  creativeCountsByCampaignIds, creativesByCampaignIds, creativesByIds, type CreativesOfCampaign, type CreativeSortField,
} from '../modules/creatives/read-creatives';
import { decisionsByIds } from '../modules/delivery/read-decisions';
import { outcomesByIds } from '../modules/delivery/read-outcomes';
import type { Dependencies } from '../modules/dependencies';
import { experimentsByIds } from '../modules/experiments/read-experiments';
import { generationJobsByCampaignIds, generationJobsByIds } from '../modules/generation/read-generation-jobs';
import type { Page, PageInput } from '../modules/input/page';
import { trainingRunsByIds } from '../modules/learning/read-training-runs';
import { modelVersionsByIds } from '../modules/models/read-model-versions';
import { explainPrediction } from '../modules/predictions/explain-prediction';
import type { RankedPrediction } from '../modules/predictions/rank-in-time';
import {
  latestPredictionByCreativeIds, latestPredictionsByProfileIds, predictionsByIds,
} from '../modules/predictions/read-predictions';
import { profilesByIds } from '../modules/profiles/read-profiles';

export interface CreativesKey {
  readonly campaignId: string;
  readonly filter: CreativesOfCampaign;
  readonly page: PageInput<CreativeSortField>;
}

/** One set per operation: within it each row is read once, and rows asked for together are read together. */
export interface Loaders {
  readonly campaign: DataLoader<string, Campaign | null>;
  readonly creative: DataLoader<string, Creative | null>;
  readonly profile: DataLoader<string, Profile | null>;
  readonly prediction: DataLoader<string, Prediction | null>;
  readonly modelVersion: DataLoader<string, ModelVersion | null>;
  readonly outcome: DataLoader<string, Outcome | null>;
  readonly decision: DataLoader<string, Decision | null>;
  readonly generationJob: DataLoader<string, GenerationJob | null>;
  readonly trainingRun: DataLoader<string, TrainingRun | null>;
  readonly experiment: DataLoader<string, Experiment | null>;
  readonly creativesOfCampaign: DataLoader<CreativesKey, Page<Creative>, string>;
  readonly creativeCountOfCampaign: DataLoader<Omit<CreativesKey, 'page'>, number, string>;
  readonly latestPrediction: DataLoader<{ creativeId: string; profileId: string | null }, Prediction | null, string>;
  readonly predictionsOfProfile: DataLoader<{ profileId: string; limit: number }, Prediction[], string>;
  readonly generationJobsOfCampaign: DataLoader<{ campaignId: string; limit: number }, GenerationJob[], string>;
  readonly attribution: DataLoader<RankedPrediction, ScoreAttribution, string>;
}

export function createLoaders(deps: Dependencies, signal: AbortSignal): Loaders {
  const loaders: Loaders = {
    campaign: byId((ids) => campaignsByIds(deps, ids)),
    creative: byId((ids) => creativesByIds(deps, ids)),
    profile: byId((ids) => profilesByIds(deps, ids)),
    prediction: byId((ids) => predictionsByIds(deps, ids)),
    modelVersion: byId((ids) => modelVersionsByIds(deps, ids)),
    outcome: byId((ids) => outcomesByIds(deps, ids)),
    decision: byId((ids) => decisionsByIds(deps, ids)),
    generationJob: byId((ids) => generationJobsByIds(deps, ids)),
    trainingRun: byId((ids) => trainingRunsByIds(deps, ids)),
    experiment: byId((ids) => experimentsByIds(deps, ids)),
    creativesOfCampaign: ofParent(
      (key) => key.campaignId,
      async (campaignIds, { filter, page }) => creativesByCampaignIds(deps, { campaignIds, filter, page }),
      () => ({ edges: [], hasNextPage: false }),
    ),
    creativeCountOfCampaign: ofParent(
      (key) => key.campaignId,
      (campaignIds, { filter }) => creativeCountsByCampaignIds(deps, { campaignIds, filter }),
      () => 0,
    ),
    latestPrediction: ofParent(
      (key) => key.creativeId,
      (creativeIds, { profileId }): Promise<Map<string, Prediction | null>> => latestPredictionByCreativeIds(deps, { creativeIds, profileId }),
      () => null,
    ),
    predictionsOfProfile: ofParent(
      (key) => key.profileId,
      (profileIds, { limit }) => latestPredictionsByProfileIds(deps, { profileIds, limit }),
      () => [],
    ),
    generationJobsOfCampaign: ofParent(
      (key) => key.campaignId,
      (campaignIds, { limit }) => generationJobsByCampaignIds(deps, { campaignIds, limit }),
      () => [],
    ),
    attribution: new DataLoader((predictions) => explainEach(deps, loaders, predictions, signal), { cacheKeyFn: ({ id }) => id }),
  };
  return loaders;
}

/** One after another: the model explains one at a time, and others ask too. */
async function explainEach(deps: Dependencies, { creative, campaign, profile }: Loaders, predictions: readonly RankedPrediction[], signal: AbortSignal): Promise<(ScoreAttribution | Error)[]> {
  const explained: (ScoreAttribution | Error)[] = [];
  for (const prediction of predictions) {
    const read = Promise.all([
      creative.load(prediction.creativeId),
      campaign.load(prediction.campaignId),
      prediction.profileId === null ? null : profile.load(prediction.profileId),
    ]);
    const one = read.then(([ofCreative, ofCampaign, ofProfile]) => explainPrediction(deps, { prediction, creative: ofCreative, campaign: ofCampaign, profile: ofProfile, signal }));
    explained.push(await one.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))));
  }
  return explained;
}

function byId<T extends { readonly id: string }>(read: (ids: readonly string[]) => Promise<T[]>): DataLoader<string, T | null> {
  return new DataLoader(async (ids) => {
    const found = new Map((await read(ids)).map((row) => [row.id, row]));
    return ids.map((id) => found.get(id) ?? null);
  });
}

/**
 * Children of many parents. Keys that differ in the parent alone are read in one statement; a query that asks for the same
 * field with other arguments under an alias costs one statement more, not one per parent.
 */
function ofParent<Key extends object, Value>(
  parentOf: (key: Key) => string,
  read: (parents: readonly string[], key: Key) => Promise<Map<string, Value>>,
  nothing: () => Value,
): DataLoader<Key, Value, string> {
  const argumentsOf = (key: Key): string => {
    const parent = parentOf(key);
    return JSON.stringify(key, (_name, value: unknown) => (value === parent ? '' : value));
  };
  return new DataLoader<Key, Value, string>(
    async (keys) => {
      const groups = new Map<string, Key[]>();
      for (const key of keys) {
        const name = argumentsOf(key);
        const group = groups.get(name);
        if (group) group.push(key);
        else groups.set(name, [key]);
      }
      const answers = new Map<Key, Value>();
      await Promise.all(
        [...groups.values()].map(async (group) => {
          const found = await read([...new Set(group.map(parentOf))], group[0]!);
          for (const key of group) answers.set(key, found.get(parentOf(key)) ?? nothing());
        }),
      );
      return keys.map((key) => answers.get(key)!);
    },
    { cacheKeyFn: (key) => `${parentOf(key)} ${argumentsOf(key)}` },
  );
}
