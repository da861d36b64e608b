import { HOLDOUT_ARM, type Experiment } from '../../domain/entities/experiment';
import type { ModelKind } from '../../domain/entities/model-version';
import type { Dependencies } from '../dependencies';
import { checkNumber, checkTime } from '../input/amounts';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';

const MOST_ARMS = 10;
const MOST_CAMPAIGNS = 100;

/** All that can be said against a new experiment, by itself and against what it names. @throws InputProblems. */
export async function checkExperiment(deps: Dependencies, experiment: Experiment): Promise<void> {
  const check = new Checker();
  checkText(check, 'name', experiment.name, { max: 120 });
  checkText(check, 'placement', experiment.placement, { max: 100 });
  checkNumber(check, 'holdout', experiment.holdout, 0, 0.9);
  checkTimes(check, experiment, deps.clock.now());
  checkArms(check, experiment);
  await checkNamed(check, deps, experiment);
  check.orThrow();
}

function checkTimes(check: Checker, { startsAt, endsAt }: Experiment, now: Date): void {
  checkTime(check, 'startsAt', startsAt);
  checkTime(check, 'endsAt', endsAt);
  if (startsAt < now) check.add('startsAt', 'startsAt must not lie in the past: people were already shown something then.', 'Leave it out to start now.');
  if (endsAt && endsAt <= startsAt) check.add('endsAt', 'endsAt must lie after startsAt.');
}

function checkArms(check: Checker, { arms, holdout }: Experiment): void {
  const least = holdout > 0 ? 1 : 2;
  if (arms.length < least) check.add('arms', `An experiment ${holdout > 0 ? 'with' : 'without'} a holdout needs at least ${least} arm${least === 1 ? '' : 's'}; ${arms.length} came.`, 'The first is the control.');
  if (arms.length > MOST_ARMS) check.add('arms', `arms may have at most ${MOST_ARMS} entries; it has ${arms.length}.`, undefined, 'TOO_LARGE');
  const names = new Set<string>();
  arms.slice(0, MOST_ARMS).forEach(({ name, weight }, index) => {
    checkText(check, `arms.${index}.name`, name, { max: 60 });
    if (names.has(name)) check.add(`arms.${index}.name`, `arms names ${JSON.stringify(name.slice(0, 60))} twice.`);
    if (name === HOLDOUT_ARM) check.add(`arms.${index}.name`, `An arm cannot be called ${HOLDOUT_ARM}: that is what the reports call the people in none.`, 'Ask for them by the field holdout.');
    names.add(name);
    checkNumber(check, `arms.${index}.weight`, weight, 0.001, 1_000_000);
  });
}

async function checkNamed(check: Checker, deps: Dependencies, { campaignIds, arms }: Experiment): Promise<void> {
  if (campaignIds.length > MOST_CAMPAIGNS) {
    check.add('campaignIds', `campaignIds may have at most ${MOST_CAMPAIGNS} entries; it has ${campaignIds.length}.`, 'Leave it out to speak of every campaign.', 'TOO_LARGE');
    return;
  }
  const campaigns = new Set((await deps.store.campaigns.byIds(deps.advertiserId, campaignIds)).map(({ id }) => id));
  campaignIds.forEach((id, index) => {
    if (!campaigns.has(id)) check.add(`campaignIds.${index}`, 'There is no campaign with this id.', 'Check the id.', 'NOT_FOUND');
  });
  const asked = arms.flatMap(({ classifierVersionId, writerVersionId }) => [classifierVersionId, writerVersionId]).filter((id) => id !== null);
  const kinds = new Map((await deps.store.modelVersions.byIds(deps.advertiserId, asked)).map(({ id, kind }) => [id, kind]));
  const checkVersion = (field: string, id: string | null, kind: ModelKind): void => {
    if (id === null || kinds.get(id) === kind) return;
    check.add(field, kinds.has(id) ? `${field} must name a ${kind}; it names a ${kinds.get(id)}.` : 'There is no model version with this id.', 'modelVersions lists them.', kinds.has(id) ? 'BAD_INPUT' : 'NOT_FOUND');
  };
  arms.forEach((arm, index) => {
    checkVersion(`arms.${index}.classifierVersionId`, arm.classifierVersionId, 'CLASSIFIER');
    checkVersion(`arms.${index}.writerVersionId`, arm.writerVersionId, 'WRITER');
  });
}
