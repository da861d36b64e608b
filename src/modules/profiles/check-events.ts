import { AdloomError } from '../../base/errors';
import { checkNumber, checkTime } from '../input/amounts';
import { Checker } from '../input/problems';
import { checkText } from '../input/text';
import type { EventInput } from './record-events';

export const MOST_EVENTS = 1_000;
/** Reports of a long broken batch stop here. */
const MOST_PROBLEMS = 50;
/** Clocks of devices run ahead; more than this is a mistake. */
const AHEAD_MS = 24 * 3_600_000;

export function checkEvents(events: readonly EventInput[], now: Date): void {
  refuseLongBatch('events', events.length, MOST_EVENTS);
  const check = new Checker();
  const ids = new Set<string>();
  for (const [index, event] of events.entries()) {
    const at = `events.${index}`;
    checkText(check, `${at}.eventId`, event.eventId, { max: 200 });
    checkText(check, `${at}.profileExternalId`, event.profileExternalId, { max: 200 });
    checkText(check, `${at}.itemText`, event.itemText, { max: 1_000 });
    checkText(check, `${at}.category`, event.category, { max: 200 });
    checkNumber(check, `${at}.value`, event.value, -1e12, 1e12);
    checkOccurredAt(check, `${at}.occurredAt`, event.occurredAt, now);
    if (ids.has(event.eventId)) check.add(`${at}.eventId`, `events holds the id ${JSON.stringify(event.eventId.slice(0, 60))} twice.`);
    ids.add(event.eventId);
    if (check.problems.length >= MOST_PROBLEMS) break;
  }
  check.orThrow();
}

export function checkOccurredAt(check: Checker, field: string, occurredAt: Date | null | undefined, now: Date): void {
  checkTime(check, field, occurredAt);
  if (occurredAt && occurredAt.getTime() > now.getTime() + AHEAD_MS) {
    check.add(field, `${field} lies more than a day in the future.`, 'Send the time in UTC, as it was when it happened.');
  }
}

export function refuseLongBatch(field: string, length: number, most: number): void {
  if (length <= most) return;
  throw new AdloomError('TOO_LARGE', `${field} may hold at most ${most} entries; it holds ${length}.`, {
    field,
    hint: `Send batches of ${most} or fewer; repeats are ignored, so a failed batch can be sent again.`,
  });
}
