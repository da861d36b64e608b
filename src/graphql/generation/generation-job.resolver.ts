import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Resolver, Root, Subscription } from 'type-graphql';
import type { Campaign } from '../../domain/entities/campaign';
import type { Creative } from '../../domain/entities/creative';
import type { GenerationJob, GenerationStatus } from '../../domain/entities/generation-job';
import type { Profile } from '../../domain/entities/profile';
import { cancelGeneration } from '../../modules/generation/cancel-generation';
import { generateCreatives } from '../../modules/generation/generate-creatives';
import { CampaignType } from '../campaigns/campaign.type';
import type { GraphContext } from '../context';
import { CreativeType } from '../creatives/creative.type';
import { settle } from '../errors/user-error.type';
import { listen, type Heard } from '../listen';
import { ProfileType } from '../profiles/profile.type';
import { toFeedCursor } from '../relay/feed-cursor';
import { ID_TEXT, fromGlobalId, fromGlobalIdOrNull, toGlobalId } from '../relay/global-id';
import { CancelGenerationInput, GenerateCreativesInput, GenerationJobPayload, GenerationJobType, GenerationProgressEvent } from './generation-job.type';

interface ProgressPayload {
  readonly jobId: string;
  readonly campaignId: string;
  readonly status: GenerationStatus;
  readonly requested: number;
  readonly done: number;
  readonly rejected: number;
}

@Resolver(() => GenerationJobType)
export class GenerationJobResolver {
  @Mutation(() => GenerationJobPayload, {
    description: 'Has copy written: returns at once with a job, which writes, guards and scores in the background.',
    complexity: ({ childComplexity }) => 200 + childComplexity,
  })
  generateCreatives(
    @Arg('input', () => GenerateCreativesInput, { description: 'What to write.' }) input: GenerateCreativesInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<GenerationJobPayload> {
    return settle({ job: null }, async () => ({
      job: await generateCreatives(deps, {
        ...input,
        campaignId: fromGlobalId('campaignId', 'Campaign', input.campaignId),
        profileId: fromGlobalIdOrNull('profileId', 'Profile', input.profileId),
        parentId: fromGlobalIdOrNull('parentId', 'Creative', input.parentId),
        writerVersionId: fromGlobalIdOrNull('writerVersionId', 'ModelVersion', input.writerVersionId),
      }),
    }));
  }

  @Mutation(() => GenerationJobPayload, { description: 'Stops a job where it stands; what it has written stays.' })
  cancelGeneration(
    @Arg('input', () => CancelGenerationInput, { description: 'Which job.' }) input: CancelGenerationInput,
    @Ctx() { deps }: GraphContext,
  ): Promise<GenerationJobPayload> {
    return settle<{ job: GenerationJob | null }>({ job: null }, async () => ({
      job: await cancelGeneration(deps, { jobId: fromGlobalId('jobId', 'GenerationJob', input.jobId) }),
    }));
  }

  @Subscription(() => GenerationProgressEvent, {
    description: 'Tells how requests for copy come along.',
    subscribe: async ({ args, context }) => {
      const jobId = fromGlobalIdOrNull('jobId', 'GenerationJob', args.jobId as string | null);
      const job = jobId === null ? null : await (context as GraphContext).loaders.generationJob.load(jobId);
      const campaignId = args.campaignId ? fromGlobalId('campaignId', 'Campaign', args.campaignId as string) : job?.campaignId;
      return listen<ProgressPayload>(context as GraphContext, 'generationProgress', {
        after: args.after as string | null,
        whole: job !== null,
        ...(campaignId ? { keys: [campaignId] } : {}),
        ...(jobId ? { wanted: (payload: ProgressPayload) => payload.jobId === jobId } : {}),
      });
    },
  })
  async generationProgress(
    @Root() { cursor, payload }: Heard<ProgressPayload>,
    @Ctx() { loaders }: GraphContext,
    @Arg('campaignId', () => ID, { nullable: true, description: 'Only of this campaign.' }) _campaignId: string | null,
    @Arg('jobId', () => ID, { nullable: true, description: 'Only of this job; without a cursor, all that is kept of what it told is sent first.' }) _jobId: string | null,
    @Arg('after', () => String, { nullable: true, description: 'Cursor of the last event seen: what came since is sent first.' }) _after: string | null,
  ): Promise<GenerationProgressEvent> {
    const { status, requested, done, rejected } = payload;
    return { cursor: toFeedCursor(cursor), status, requested, done, rejected, job: await loaders.generationJob.load(payload.jobId) };
  }

  @FieldResolver(() => ID, { description: ID_TEXT })
  id(@Root() job: GenerationJob): string {
    return toGlobalId('GenerationJob', job.id);
  }

  @FieldResolver(() => CampaignType, { description: 'The campaign that it writes for.' })
  async campaign(@Root() job: GenerationJob, @Ctx() { loaders }: GraphContext): Promise<Campaign> {
    return (await loaders.campaign.load(job.campaignId))!;
  }

  @FieldResolver(() => ProfileType, { nullable: true, description: 'The person that it writes for, where there is one.' })
  async profile(@Root() job: GenerationJob, @Ctx() { loaders }: GraphContext): Promise<Profile | null> {
    return job.profileId === null ? null : loaders.profile.load(job.profileId);
  }

  @FieldResolver(() => [CreativeType], {
    description: 'What it has written so far.',
    complexity: ({ childComplexity }) => 1 + 20 * childComplexity,
  })
  async creatives(@Root() job: GenerationJob, @Ctx() { loaders }: GraphContext): Promise<Creative[]> {
    const found = await Promise.all(job.createdCreativeIds.map((id) => loaders.creative.load(id)));
    return found.filter((creative) => creative !== null);
  }
}

@Resolver(() => CampaignType)
export class CampaignGenerationJobsResolver {
  @FieldResolver(() => [GenerationJobType], {
    description: 'The latest requests for copy, newest first.',
    complexity: ({ args, childComplexity }) => 1 + (Number(args.first) || 10) * childComplexity,
  })
  generationJobs(
    @Root() campaign: Campaign,
    @Arg('first', () => Int, { defaultValue: 10, description: 'How many, 1 to 100.' }) first: number,
    @Ctx() { loaders }: GraphContext,
  ): Promise<GenerationJob[]> {
    return loaders.generationJobsOfCampaign.load({ campaignId: campaign.id, limit: Math.min(Math.max(first, 1), 100) });
  }
}
