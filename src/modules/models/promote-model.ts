import { AdloomError, notFound } from '../../base/errors';
import type { ModelVersion } from '../../domain/entities/model-version';
import type { Dependencies } from '../dependencies';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';
import { experimentReport } from '../reports/experiment-report';
import { changeStages } from './change-stages';
import { promoteWriter } from './promote-writer';
import { requireLive } from './require-live';

export interface PromoteModel {
  readonly modelVersionId: string;
  readonly stage: 'SHADOW' | 'LIVE';
  /** Kept in the audit trail. */
  readonly reason: string;
  /** Promotes although the gate did not pass it. */
  readonly override?: boolean | null;
  /** The version that the caller saw answering for the vertical; null where the base did. Refused where another does; absent, not checked. */
  readonly expectedLiveId?: string | null;
  /** Of a writer: the experiment that showed its copy beside the live writer's, whose report must say BETTER. */
  readonly experimentId?: string | null;
  readonly validateOnly?: boolean | null;
}

/**
 * Makes a trained version score beside the live one, or answer. It is loaded before anything changes; requests in flight end with what
 * they began with. Null on a dry run.
 * @throws NOT_FOUND, CONFLICT where the gate did not pass it, STALE_VERSION, and ADAPTER_* where it cannot be loaded: all stays as it was
 */
export async function promoteModel(deps: Dependencies, input: PromoteModel): Promise<ModelVersion | null> {
  const { stage, reason } = input;
  const check = new Checker();
  checkText(check, 'reason', reason, { max: 500 });
  check.orThrow();
  const [version] = await deps.store.modelVersions.byIds(deps.advertiserId, [input.modelVersionId]);
  if (!version) throw notFound('model version');
  if (version.kind === 'WRITER' && stage === 'SHADOW') {
    throw new AdloomError('CONFLICT', 'A writer has no shadow: nothing is seen of copy that is not shown.', { field: 'stage', hint: 'Have it write by name (generateCreatives, writerVersionId) and show its copy in an arm of an experiment.' });
  }
  if (version.kind === 'WRITER' && version.stage !== 'LIVE') {
    const trial = input.experimentId == null ? null : await experimentReport(deps, { experimentId: input.experimentId });
    return promoteWriter(deps, { version, reason, trial, expectedLiveId: input.expectedLiveId, override: input.override === true, validateOnly: input.validateOnly === true });
  }
  if (version.vertical === null) {
    throw new AdloomError('CONFLICT', `${version.name} serves every vertical that has no version of its own: the configuration chooses it.`, { field: 'modelVersionId', hint: 'Start with another ADLOOM_CTR_MODEL or ADLOOM_WRITER_MODEL.' });
  }
  requireOtherStage(version, stage);
  const passed = await requireGate(deps, version, input.override === true);
  const live = await deps.store.modelVersions.live(deps.advertiserId, version.kind, version.vertical);
  requireLive(input.expectedLiveId, live);
  const to = await deps.liveModels.prepare(version);
  if (input.validateOnly) return null;
  // What another process promoted a moment ago answers here too before it is replaced.
  await deps.liveModels.refresh();
  const from = stage === 'LIVE' ? deps.liveModels.classifier(version.vertical) : null;
  const details = { stage, reason, override: !passed, replaced: stage === 'LIVE' ? (live?.id ?? null) : null };
  return changeStages(deps, { action: 'promoteModel', version, details, answers: from ? { vertical: version.vertical, from, to } : undefined }, async (tx) => {
    requireLive(stage === 'LIVE' ? (live?.id ?? null) : input.expectedLiveId, await tx.modelVersions.live(deps.advertiserId, version.kind, version.vertical));
    for (const now of await tx.modelVersions.byIds(deps.advertiserId, [version.id])) requireOtherStage(now, stage);
    return (await tx.modelVersions.setStage(deps.advertiserId, version.id, stage))!;
  });
}

function requireOtherStage(version: ModelVersion, stage: PromoteModel['stage']): void {
  if (version.stage === stage) throw new AdloomError('CONFLICT', `${version.name} is ${stage} already.`, { field: 'stage' });
  if (version.stage !== 'LIVE') return;
  throw new AdloomError('CONFLICT', `${version.name} is LIVE: as a SHADOW it would answer no more.`, { field: 'stage', hint: 'Promote another version to SHADOW, or put back what answered before with rollbackModel.' });
}

/** Whether the gate passed it; an answer of false was overridden. */
async function requireGate(deps: Dependencies, version: ModelVersion, override: boolean): Promise<boolean> {
  const run = (await deps.store.trainingRuns.byModelVersionIds(deps.advertiserId, [version.id])).get(version.id);
  if (run?.report?.passed) return true;
  if (override) return false;
  const failed = run?.report?.verdicts.filter((verdict) => !verdict.passed) ?? [];
  const why = run?.report ? `did not pass the gate: ${failed.map(({ name, required, came }) => `${name} (required ${required}, came ${came})`).join('; ')}` : 'was never judged by the gate';
  throw new AdloomError('CONFLICT', `${version.name} ${why}.`, { field: 'modelVersionId', hint: 'Train another one, or say override: true with the reason; the audit trail keeps it.' });
}
