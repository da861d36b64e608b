import { notFound } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Attribution, PredictionBasis, ScoreAttribution } from '../../domain/entities/prediction';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import type { ScoreExplanation } from '../../ml/serve/types';
import type { Dependencies } from '../dependencies';
import { classifierFor } from '../models/classifier-for';
import type { RankedPrediction } from './rank-in-time';
import { creativeText } from './score-creatives';

export interface ExplainPrediction {
  readonly prediction: RankedPrediction;
  /** As they are now; null for one that is gone, or where the prediction was for nobody in particular. */
  readonly creative: Creative | null;
  readonly campaign: Campaign | null;
  readonly profile: Profile | null;
  readonly signal?: AbortSignal;
}

/** Log-odds within which two scores are the same. */
const SAME = 0.01;

/**
 * Which words of profile and copy moved a score. Texts are not kept with predictions: they are read as they are now, under the consent
 * of now, by the model of now; where that gives another score, `changedSince` says what changed. Costs some tenths of a second.
 * Where no model scored there was no time for one: no word moved anything.
 * @throws NOT_FOUND where creative, campaign or profile are gone; MODEL_UNAVAILABLE, OVERLOADED, CANCELLED
 */
export async function explainPrediction(deps: Dependencies, input: ExplainPrediction): Promise<ScoreAttribution> {
  const { prediction, creative, campaign, profile, signal } = input;
  if (prediction.modelVersionId === null) return unmoved(prediction.pClick);
  if (!creative) throw notFound('creative');
  if (!campaign) throw notFound('campaign');
  if (prediction.profileId !== null && !profile) throw notFound('profile');
  const prefix = profile ? profileText(profile, { vertical: campaign.vertical }) : '';
  const classifier = classifierFor(deps, campaign.vertical);
  const explanation = await deps.scorer.explain({ prefix, text: creativeText(creative), adapter: classifier?.adapter }, { signal });
  const same = Math.abs(logOdds(explanation.score.probability) - logOdds(prediction.pClick)) <= SAME;
  return { ...attributionOf(explanation), changedSince: same ? [] : changed(input, classifier?.modelVersionId ?? null) };
}

function attributionOf({ score, baseline, difference, words, parts, gap }: ScoreExplanation): Omit<ScoreAttribution, 'changedSince'> {
  const attributions = words.map(({ source, word, index, contribution }): Attribution => ({ part: source === 'PREFIX' ? 'PROFILE' : 'CREATIVE', text: word, weight: contribution, position: index }));
  const sumOf = (part: Attribution['part']): number => attributions.reduce((sum, each) => (each.part === part ? sum + each.weight : sum), 0);
  return {
    probability: score.probability,
    baselineProbability: baseline.probability,
    // Equal ones stay in reading order.
    attributions: attributions.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    breakdown: {
      difference,
      profile: sumOf('PROFILE'),
      creative: sumOf('CREATIVE'),
      languageModel: parts.deep,
      affinity: parts.wide,
      phrases: parts.grams,
      sharedWords: parts.nearness,
      learnt: parts.learnt,
    },
    completenessGap: gap,
  };
}

function unmoved(pClick: number): ScoreAttribution {
  const breakdown = { difference: 0, profile: 0, creative: 0, languageModel: 0, affinity: 0, phrases: 0, sharedWords: 0, learnt: 0 };
  return { probability: pClick, baselineProbability: pClick, attributions: [], breakdown, completenessGap: 0, changedSince: [] };
}

function changed({ prediction, creative, profile }: ExplainPrediction, model: string | null): PredictionBasis[] {
  const found: PredictionBasis[] = [];
  if ((profile?.version ?? null) !== prediction.profileVersion) found.push('PROFILE');
  if (creative?.version !== prediction.creativeVersion) found.push('CREATIVE');
  if (model !== prediction.modelVersionId) found.push('MODEL');
  return found;
}

function logOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}
