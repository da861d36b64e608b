import { AdloomError } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { Prediction } from '../../domain/entities/prediction';
import type { Profile } from '../../domain/entities/profile';
import { profileText } from '../../domain/profile/profile-text';
import { usableInterests } from '../../domain/profile/usable-interests';
import type { Dependencies } from '../dependencies';
import { classifierFor } from '../models/classifier-for';
import { conversionChance, expectedValue, wholeMicros } from './expected-value';
import { explain } from './explain';

export interface ScoreCreatives {
  readonly campaign: Campaign;
  /** Null scores for nobody in particular. */
  readonly profile: Profile | null;
  readonly creatives: readonly Creative[];
  /** What was counted of the whole campaign; of these creatives when absent. */
  readonly seen?: { readonly clicks: number; readonly conversions: number };
  readonly signal?: AbortSignal;
  /** Milliseconds after which the scores are of no use; rejects with DEADLINE_EXCEEDED then. */
  readonly deadlineMs?: number;
}

/** What the classifier reads of a creative. */
export function creativeText(creative: Pick<Creative, 'headline' | 'body'>): string {
  return creative.body ? `${creative.headline} ${creative.body}` : creative.headline;
}

/**
 * Scores creatives before one person and orders them by expected value. Consent is enforced here: without it, and for what a
 * regulated vertical bars, nothing of the person reaches the model. Keeps nothing: `rankCreatives` decides what is kept.
 */
export async function scoreCreatives(deps: Dependencies, input: ScoreCreatives): Promise<Prediction[]> {
  const { campaign, profile, creatives } = input;
  if (creatives.length === 0) return [];
  const now = deps.clock.now();
  const prefix = profile ? profileText(profile, { vertical: campaign.vertical }) : '';
  const interests = profile ? usableInterests(profile, campaign.vertical, now).map((interest) => interest.name) : [];
  const classifier = classifierFor(deps, campaign.vertical);
  // Where none is open, the stand-in says why, and how to mend it.
  const reply = await deps.scorer.score({ prefix, texts: creatives.map(creativeText), adapter: classifier?.adapter }, { signal: input.signal, deadlineMs: input.deadlineMs });
  if (classifier === null) throw new AdloomError('MODEL_UNAVAILABLE', 'The classifier in use is not registered.');
  const { modelVersionId } = classifier;

  const seen = input.seen ?? creatives.reduce(
    (sum, { counts }) => ({ clicks: sum.clicks + counts.clicks, conversions: sum.conversions + counts.conversions }),
    { clicks: 0, conversions: 0 },
  );
  const rankingId = deps.ids.next();
  return creatives
    .map((creative, index) => {
      const score = reply.scores[index]!;
      const pConversion = conversionChance(score.probability, creative.counts, seen);
      return { creative, score, pConversion, value: expectedValue(campaign.objectives, score.probability, pConversion) };
    })
    .toSorted((a, b) => b.value - a.value || b.score.probability - a.score.probability || (a.creative.id < b.creative.id ? -1 : 1))
    .map(({ creative, score, pConversion, value }, index) => ({
      id: deps.ids.next(),
      advertiserId: deps.advertiserId,
      campaignId: campaign.id,
      creativeId: creative.id,
      profileId: profile?.id ?? null,
      modelVersionId,
      rankingId,
      pClick: score.probability,
      pConversion,
      uncertainty: score.uncertainty,
      expectedValueMicros: wholeMicros(value),
      currency: campaign.currency,
      rank: index + 1,
      explanation: explain(creative, interests, prefix),
      creativeVersion: creative.version,
      profileVersion: profile?.version ?? null,
      device: reply.device,
      timing: reply.timing,
      createdAt: now,
    }));
}
