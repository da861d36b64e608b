import { AdloomError } from '../../base/errors';
import { hash32 } from '../../base/rng';
import type { Campaign } from '../../domain/entities/campaign';
import type { GenerationJob, GenerationOptions } from '../../domain/entities/generation-job';
import { barredTermsIn } from '../../domain/profile/barred-attributes';
import { requireCampaign } from '../campaigns/update-campaign';
import type { Dependencies } from '../dependencies';
import { checkInteger, checkNumber } from '../input/amounts';
import { makeOnce } from '../input/make-once';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';
import { interestOfSegment } from './choose-interests';
import { generationProgress } from './generation-progress';
import { runGeneration } from './run-generation';

export const MOST_CREATIVES = 100;
/** The kind under which generation jobs are queued. */
export const GENERATION = 'generation';

export interface GenerateCreatives extends Partial<Nullable<GenerationOptions>> {
  readonly campaignId: string;
  /** Write for this person; null writes for the audience at large. */
  readonly profileId?: string | null;
  /** Write for what the people of this segment are into most. Not together with a profile. */
  readonly segment?: string | null;
  readonly count: number;
  /** Absent: another each time. The same seed on the same state gives the same copy. */
  readonly seed?: number | null;
  readonly idempotencyKey?: string | null;
  readonly validateOnly?: boolean;
}

type Nullable<T> = { readonly [Key in keyof T]: T[Key] | null };

/** Starts a job that writes creatives for a campaign, and returns it at once; null on a dry run. */
export async function generateCreatives(deps: Dependencies, input: GenerateCreatives): Promise<GenerationJob | null> {
  const prepare = async (): Promise<GenerationJob> => {
    const campaign = await checkRequest(deps, input);
    const asked = input.interest?.trim() || null;
    return newJob(deps, input, asked ?? (input.segment ? await interestOfSegment(deps, campaign, input.segment) : null));
  };
  const { idempotencyKey, validateOnly, ...request } = input;
  const made = await makeOnce(deps, { operation: 'generateCreatives', idempotencyKey, validateOnly, request }, prepare, async (tx, job) => {
    await tx.generationJobs.insert(job);
    await deps.bus.record(tx, 'generationProgress', generationProgress(job));
    return job.id;
  });
  if (!made) return null;
  deps.bus.wake('generationProgress');
  if (made.fresh) enqueueGeneration(deps, made.id);
  const [saved] = await deps.store.generationJobs.byIds(deps.advertiserId, [made.id]);
  return saved ?? null;
}

export function enqueueGeneration(deps: Dependencies, jobId: string): void {
  deps.jobs.enqueue(GENERATION, jobId, (signal) => runGeneration(deps, { jobId, signal }));
}

function newJob(deps: Dependencies, input: GenerateCreatives, interest: string | null): GenerationJob {
  const id = deps.ids.next();
  return {
    id,
    advertiserId: deps.advertiserId,
    campaignId: input.campaignId,
    profileId: input.profileId ?? null,
    status: 'QUEUED',
    requested: input.count,
    done: 0,
    rejected: 0,
    seed: input.seed ?? hash32(id) >>> 1,
    options: {
      tone: input.tone ?? null,
      interest,
      temperature: input.temperature ?? null,
      withBody: input.withBody ?? true,
      withCallToAction: input.withCallToAction ?? true,
      parentId: input.parentId ?? null,
      autoApprove: input.autoApprove ?? false,
      writerVersionId: input.writerVersionId ?? null,
    },
    createdCreativeIds: [],
    error: null,
    createdAt: deps.clock.now(),
    startedAt: null,
    finishedAt: null,
  };
}

/** Refuses what cannot be worked off, all of it at once. */
async function checkRequest(deps: Dependencies, input: GenerateCreatives): Promise<Campaign> {
  const campaign = await requireCampaign(deps, input.campaignId);
  const { interest, temperature } = input;
  const check = new Checker();
  checkInteger(check, 'count', input.count, 1, MOST_CREATIVES);
  checkInteger(check, 'seed', input.seed, 0, 2_147_483_647);
  checkNumber(check, 'temperature', temperature, 0.1, 2);
  checkText(check, 'interest', interest, { max: 60 });
  checkText(check, 'segment', input.segment, { max: 80 });
  if (input.profileId != null && input.segment != null) {
    check.add('segment', 'segment and profileId exclude each other: copy is written for one person or for many.');
  }
  if (interest && barredTermsIn(interest, campaign.vertical).length > 0) {
    check.add('interest', `interest gives away what may not decide about a ${campaign.vertical.toLowerCase()} ad.`, 'Name what people do, not who they are.');
  }
  if (campaign.status === 'ARCHIVED') check.add('campaignId', 'The campaign is archived: it takes no more creatives.', undefined, 'CONFLICT');
  await checkReferences(deps, input, check);
  check.orThrow();
  if (deps.modelVersionIds.writer === null && input.writerVersionId == null) {
    throw new AdloomError('MODEL_UNAVAILABLE', 'No writer model is loaded.', { hint: 'The log of the start says why the model directory could not be opened.' });
  }
  return campaign;
}

async function checkReferences(deps: Dependencies, input: GenerateCreatives, check: Checker): Promise<void> {
  if (input.profileId != null) {
    const [profile] = await deps.store.profiles.byIds(deps.advertiserId, [input.profileId]);
    if (!profile) check.add('profileId', 'There is no profile with this id.', 'Check the id.', 'NOT_FOUND');
  }
  if (input.writerVersionId != null) {
    const [writer] = await deps.store.modelVersions.byIds(deps.advertiserId, [input.writerVersionId]);
    if (writer?.kind !== 'WRITER') check.add('writerVersionId', 'There is no writer with this id.', 'Take the id of a model version of kind WRITER.', 'NOT_FOUND');
  }
  const parentId = input.parentId;
  if (parentId != null) {
    const [parent] = await deps.store.creatives.byIds(deps.advertiserId, [parentId]);
    if (!parent || parent.campaignId !== input.campaignId) check.add('parentId', 'The campaign has no creative with this id.', 'Check the id.', 'NOT_FOUND');
  }
}
