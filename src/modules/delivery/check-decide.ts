import { checkCurrency, checkInteger } from '../input/amounts';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';
import type { Decide } from './decide';

const LONGEST_DEADLINE_MS = 60_000;
export const MOST_PLACEMENTS = 10;
/** Of all placements together: the request is one transaction. */
export const MOST_WINNERS = 20;

export function checkDecide(input: Decide): void {
  const check = new Checker();
  if (input.placements.length === 0) check.add('placements', 'placements must name at least one placement.', 'Send the name of the place that is to be filled.');
  if (input.placements.length > MOST_PLACEMENTS) check.add('placements', `placements may have at most ${MOST_PLACEMENTS} entries; it has ${input.placements.length}.`, undefined, 'TOO_LARGE');
  const names = new Set<string>();
  input.placements.slice(0, MOST_PLACEMENTS).forEach(({ name, count }, index) => {
    checkText(check, `placements.${index}.name`, name, { max: 100 });
    checkInteger(check, `placements.${index}.count`, count, 1, MOST_WINNERS);
    if (names.has(name)) check.add(`placements.${index}.name`, `placements names ${JSON.stringify(name.slice(0, 60))} twice.`, 'Ask for several winners by count.');
    names.add(name);
  });
  const winners = input.placements.reduce((sum, { count }) => sum + (count ?? 1), 0);
  if (winners > MOST_WINNERS) check.add('placements', `One decision has at most ${MOST_WINNERS} winners; ${winners} were asked for.`, 'Ask in several calls.', 'TOO_LARGE');
  if ((input.campaignIds?.length ?? 0) > 200) check.add('campaigns', `campaigns may have at most 200 entries; it has ${input.campaignIds!.length}.`, undefined, 'TOO_LARGE');
  if (input.currency != null) checkCurrency(check, 'currency', input.currency);
  checkText(check, 'idempotencyKey', input.idempotencyKey, { max: 200 });
  checkText(check, 'experimentKey', input.experimentKey, { max: 200 });
  checkInteger(check, 'deadlineMs', input.deadlineMs, 1, LONGEST_DEADLINE_MS);
  check.orThrow();
}
