/** Whole, plausible entities for tests; each test states only what it is about. */
import type { Campaign } from '../../src/domain/entities/campaign';
import type { Creative } from '../../src/domain/entities/creative';
import type { Decision } from '../../src/domain/entities/decision';
import type { BehaviourEvent } from '../../src/domain/entities/event';
import type { Experiment } from '../../src/domain/entities/experiment';
import type { GenerationJob } from '../../src/domain/entities/generation-job';
import type { ModelVersion } from '../../src/domain/entities/model-version';
import type { Outcome } from '../../src/domain/entities/outcome';
import type { Prediction } from '../../src/domain/entities/prediction';
import type { Profile } from '../../src/domain/entities/profile';
import type { TrainingRun } from '../../src/domain/entities/training-run';
import { testIds } from './embedded-store';

export const NOON = new Date('2026-11-23T12:00:00.000Z');
export const later = (milliseconds: number, from = NOON): Date => new Date(from.getTime() + milliseconds);

export function aCampaign(advertiserId: string, stated: Partial<Campaign> = {}): Campaign {
  return {
    id: testIds.next(),
    advertiserId,
    externalId: null,
    name: 'Mud season',
    vertical: 'ECOMMERCE',
    product: {
      name: 'Ridge Runner',
      brand: 'Northfell',
      description: 'A shoe for wet trails.',
      features: ['a waterproof membrane'],
      offers: ['20% off this week'],
      price: { micros: 129_900_000n, currency: 'EUR' },
      url: 'https://example.com/ridge-runner',
    },
    voice: { tone: 'PLAYFUL', bannedWords: ['cheap'], requiredDisclaimer: null },
    audience: { interestsAnyOf: ['trail running'], interestsNoneOf: [], segmentsAnyOf: [], segmentsNoneOf: [], attributes: [{ name: 'country', anyOf: ['DE', 'AT'] }] },
    objectives: {
      clickWeight: 1,
      conversionWeight: 0.5,
      revenueWeight: 0,
      clickValueMicros: 250_000n,
      conversionValueMicros: 8_000_000n,
      revenuePerConversionMicros: 129_900_000n,
    },
    currency: 'EUR',
    flight: { startsAt: NOON, endsAt: later(7 * 86_400_000) },
    budget: { totalMicros: 9_007_199_254_740_993n, dailyMicros: null },
    pacing: 'EVEN',
    frequencyCap: { impressions: 3, perHours: 24 },
    costPerThousandMicros: 2_500_000n,
    costPerClickMicros: 0n,
    targetCostPerConversionMicros: null,
    clickWindowHours: 24,
    conversionWindowHours: 168,
    status: 'DRAFT',
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    ...stated,
  };
}

export function aCreative(campaign: Pick<Campaign, 'id' | 'advertiserId'>, stated: Partial<Creative> = {}): Creative {
  return {
    id: testIds.next(),
    advertiserId: campaign.advertiserId,
    campaignId: campaign.id,
    externalId: null,
    headline: 'Mud is part of the plan',
    body: 'Rain, roots and long climbs.',
    callToAction: 'Lace up',
    imageUrl: null,
    origin: 'HUMAN',
    status: 'APPROVED',
    version: 1,
    findings: [],
    provenance: null,
    reviewNote: null,
    counts: { impressions: 0, clicks: 0, conversions: 0, valueMicros: 0n },
    createdAt: NOON,
    updatedAt: NOON,
    ...stated,
  };
}

export function aProfile(advertiserId: string, stated: Partial<Profile> = {}): Profile {
  const id = testIds.next();
  return {
    id,
    advertiserId,
    externalId: `person-${id}`,
    consent: { personalisation: true, training: false, measurement: true },
    attributes: { country: 'DE' },
    interests: [{ name: 'trail running', weight: 2.5, updatedAt: NOON }],
    segments: ['active'],
    recentItems: [{ text: 'Trail shoes', category: 'shoes', kind: 'VIEW', at: NOON }],
    profileText: 'Trail shoes',
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    ...stated,
  };
}

export function anEvent(profile: Pick<Profile, 'id' | 'advertiserId'>, stated: Partial<BehaviourEvent> = {}): BehaviourEvent {
  const id = testIds.next();
  return {
    id,
    advertiserId: profile.advertiserId,
    profileId: profile.id,
    eventId: `event-${id}`,
    kind: 'VIEW',
    itemText: 'Trail shoes',
    category: 'shoes',
    value: null,
    occurredAt: NOON,
    receivedAt: NOON,
    ...stated,
  };
}

export function aModelVersion(advertiserId: string, stated: Partial<ModelVersion> = {}): ModelVersion {
  const id = testIds.next();
  return {
    id,
    advertiserId,
    kind: 'CLASSIFIER',
    vertical: null,
    name: 'ctr',
    contentHash: `hash-${id}`,
    directory: 'models/ctr',
    base: null,
    adapter: null,
    parameters: 5_000_000,
    dataFingerprint: null,
    metrics: { logLoss: 0.6 },
    erasedPeople: 0,
    stage: 'CANDIDATE',
    createdAt: NOON,
    updatedAt: NOON,
    ...stated,
  };
}

export function aTrainingRun(advertiserId: string, stated: Partial<TrainingRun> = {}): TrainingRun {
  const id = testIds.next();
  return {
    id,
    advertiserId,
    kind: 'CLASSIFIER',
    vertical: 'ECOMMERCE',
    trigger: 'MANUAL',
    status: 'QUEUED',
    seed: 7,
    logUntil: NOON,
    settings: { epochs: 2 },
    dataFingerprint: null,
    codeVersion: '0.1.0',
    progress: { phase: 'DATA', step: 0, steps: 0, loss: null, validationLoss: null, tokensPerSecond: null, secondsLeft: null },
    report: null,
    directory: `training/${id}`,
    modelVersionId: null,
    error: null,
    createdAt: NOON,
    startedAt: null,
    finishedAt: null,
    ...stated,
  };
}

export function aPrediction(creative: Pick<Creative, 'id' | 'advertiserId' | 'campaignId'>, model: Pick<ModelVersion, 'id'>, stated: Partial<Prediction> = {}): Prediction {
  return {
    id: testIds.next(),
    advertiserId: creative.advertiserId,
    campaignId: creative.campaignId,
    creativeId: creative.id,
    profileId: null,
    modelVersionId: model.id,
    rankingId: testIds.next(),
    pClick: 0.1,
    pConversion: null,
    uncertainty: 0.25,
    expectedValueMicros: 25_000n,
    currency: 'EUR',
    rank: 1,
    explanation: { summary: 'Speaks of trails.' },
    creativeVersion: 1,
    profileVersion: null,
    device: 'cpu',
    timing: { tokeniseMs: 0.1, queueMs: 2, inferenceMs: 7.5 },
    createdAt: NOON,
    ...stated,
  };
}

export function anOutcome(creative: Pick<Creative, 'id' | 'advertiserId' | 'campaignId'>, stated: Partial<Outcome> = {}): Outcome {
  const id = testIds.next();
  return {
    id,
    advertiserId: creative.advertiserId,
    outcomeId: `outcome-${id}`,
    campaignId: creative.campaignId,
    creativeId: creative.id,
    profileId: null,
    decisionId: null,
    kind: 'IMPRESSION',
    count: 1,
    valueMicros: null,
    occurredAt: NOON,
    receivedAt: NOON,
    ...stated,
  };
}

export function aDecision(creative: Pick<Creative, 'id' | 'advertiserId' | 'campaignId'>, stated: Partial<Decision> = {}): Decision {
  return {
    id: testIds.next(),
    advertiserId: creative.advertiserId,
    requestId: testIds.next(),
    campaignId: creative.campaignId,
    creativeId: creative.id,
    profileId: null,
    placement: 'home',
    slot: 0,
    vertical: 'ECOMMERCE',
    segments: [],
    personalised: false,
    policy: 'thompson',
    propensity: 1,
    pClick: 0.05,
    modelVersionId: null,
    device: null,
    shadowModelVersionId: null,
    experimentId: null,
    experimentArm: null,
    candidates: [{ creativeId: creative.id, campaignId: creative.campaignId, pClick: 0.05, offset: { mean: 0, deviation: 1 }, expectedValueMicros: 25n, propensity: 1 }],
    passedOver: [],
    currency: 'EUR',
    costMicros: 0n,
    reservedMicros: 0n,
    chargedMicros: 0n,
    expiresAt: later(3_600_000),
    impressionAt: null,
    clickAt: null,
    createdAt: NOON,
    ...stated,
  };
}

export function anExperiment(advertiserId: string, stated: Partial<Experiment> = {}): Experiment {
  return {
    id: testIds.next(),
    advertiserId,
    name: 'Does learning help?',
    status: 'RUNNING',
    placement: null,
    campaignIds: [],
    arms: ['control', 'treatment'].map((name) => ({ name, weight: 1, policy: 'THOMPSON' as const, classifierVersionId: null, writerVersionId: null })),
    holdout: 0,
    startsAt: NOON,
    endsAt: null,
    version: 1,
    createdAt: NOON,
    updatedAt: NOON,
    ...stated,
  };
}

export function aGenerationJob(campaign: Pick<Campaign, 'id' | 'advertiserId'>, stated: Partial<GenerationJob> = {}): GenerationJob {
  return {
    id: testIds.next(),
    advertiserId: campaign.advertiserId,
    campaignId: campaign.id,
    profileId: null,
    status: 'QUEUED',
    requested: 8,
    done: 0,
    rejected: 0,
    seed: 42,
    options: { tone: null, interest: null, temperature: null, withBody: true, withCallToAction: true, autoApprove: false, parentId: null, writerVersionId: null },
    createdCreativeIds: [],
    error: null,
    createdAt: NOON,
    startedAt: null,
    finishedAt: null,
    ...stated,
  };
}
