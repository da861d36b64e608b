import path from 'node:path';
import { AdloomError } from '../../base/errors';
import { hash32 } from '../../base/rng';
import type { Vertical } from '../../domain/entities/campaign';
import type { ModelKind } from '../../domain/entities/model-version';
import type { TrainingRun, TrainingTrigger } from '../../domain/entities/training-run';
import type { Dependencies } from '../dependencies';
import { checkInteger } from '../input/amounts';
import { makeOnce } from '../input/make-once';
import { Checker } from '../input/problems';
import { RECIPES } from './recipes';
import { runTrainingJob } from './run-training-job';
import { trainingProgress } from './training-progress';

export interface StartTraining {
  readonly kind: ModelKind;
  /** Of a classifier; a writer learns of all together. */
  readonly vertical?: Vertical | null;
  /** The same seed on the same log gives the same weights; another each time when absent. */
  readonly seed?: number | null;
  /** Departures from the recipe's defaults. */
  readonly settings?: Readonly<Record<string, number | string | null | undefined>> | null;
  readonly trigger?: TrainingTrigger;
  readonly idempotencyKey?: string | null;
  readonly validateOnly?: boolean | null;
}

/** The kind under which training runs are queued: one at a time in a process, beside other jobs. */
export const TRAINING = 'training';

/** Starts to learn from the log as it is now, in the background; null on a dry run. @throws CONFLICT where a run of the kind and vertical waits or runs */
export async function startTraining(deps: Dependencies, input: StartTraining): Promise<TrainingRun | null> {
  const { idempotencyKey, validateOnly, ...request } = input;
  const made = await makeOnce(deps, { operation: 'startTraining', idempotencyKey, validateOnly, request }, () => newRun(deps, input), async (tx, run) => {
    if (!(await tx.trainingRuns.insertAlone(run))) {
      throw new AdloomError('CONFLICT', `A ${run.kind.toLowerCase()}${run.vertical ? ` for ${run.vertical}` : ''} is being trained already.`, { field: 'vertical', hint: 'Wait until it has ended, or cancel it with cancelTraining.' });
    }
    await deps.bus.record(tx, 'trainingProgress', trainingProgress(run));
    return run.id;
  });
  if (!made) return null;
  deps.bus.wake('trainingProgress');
  if (made.fresh) enqueueTraining(deps, made.id);
  const [saved] = await deps.store.trainingRuns.byIds(deps.advertiserId, [made.id]);
  return saved ?? null;
}

export function enqueueTraining(deps: Dependencies, runId: string): void {
  deps.jobs.enqueue(TRAINING, runId, (signal) => runTrainingJob(deps, { runId, signal }));
}

function newRun(deps: Dependencies, { kind, vertical, seed, settings, trigger = 'MANUAL' }: StartTraining): TrainingRun {
  const recipe = RECIPES[kind];
  const asked = Object.fromEntries(Object.entries(settings ?? {}).filter((entry): entry is [string, number | string] => entry[1] != null));
  const check = new Checker();
  if (recipe.ofVertical && vertical == null) check.add('vertical', `A ${kind.toLowerCase()} learns for one vertical; none is named.`);
  if (!recipe.ofVertical && vertical != null) check.add('vertical', `A ${kind.toLowerCase()} learns of all verticals together.`, 'Leave vertical out.');
  checkInteger(check, 'seed', seed, 0, 2_147_483_647);
  for (const name of Object.keys(asked)) if (!(name in recipe.defaults)) check.add(`settings.${name}`, `There is no setting ${name} of a ${kind.toLowerCase()}.`, `One of ${Object.keys(recipe.defaults).join(', ')}.`);
  const full = { ...recipe.defaults, ...asked };
  recipe.check(check, full);
  check.orThrow();
  recipe.require(deps);
  const id = deps.ids.next();
  const now = deps.clock.now();
  return {
    id, advertiserId: deps.advertiserId, kind, vertical: vertical ?? null, trigger, status: 'QUEUED',
    seed: seed ?? hash32(id) >>> 1,
    logUntil: now,
    settings: full,
    dataFingerprint: null,
    codeVersion: recipe.revision,
    progress: { phase: 'DATA', step: 0, steps: 1, loss: null, validationLoss: null, tokensPerSecond: null, secondsLeft: null },
    report: null,
    directory: path.join(deps.filesDir, 'training', 'runs', id),
    modelVersionId: null, error: null, createdAt: now, startedAt: null, finishedAt: null,
  };
}
