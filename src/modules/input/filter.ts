import { Checker } from './problems';
import { checkText } from './text';

/** Longer than any text that can be found. */
const LONGEST_TEXT = 2_000;
const MOST_VALUES = 10_000;

/** The filter, when every text and moment in it is one that the store can look for. @throws InputProblems */
export function checkedFilter<Filter extends object>(filter: Filter): Filter {
  const check = new Checker();
  for (const [name, value] of Object.entries(filter) as [string, unknown][]) {
    const field = `filter.${name}`;
    if (value instanceof Date && !/^\d{4}-/.test(value.toISOString().replace(/^0000/, ''))) check.add(field, `${field} must lie between the years 1 and 9999.`);
    if (typeof value === 'string') checkText(check, field, value, { min: 0, max: LONGEST_TEXT, multiline: true });
    if (!Array.isArray(value)) continue;
    if (value.length > MOST_VALUES) check.add(field, `${field} may have at most ${MOST_VALUES} entries; it has ${value.length}.`, undefined, 'TOO_LARGE');
    else value.forEach((each: unknown, index) => typeof each === 'string' && checkText(check, `${field}.${index}`, each, { min: 0, max: LONGEST_TEXT, multiline: true }));
  }
  check.orThrow();
  return filter;
}

/** A caller's own name for something, as a stored one may be. @throws InputProblems */
export function checkedExternalId(externalId: string, field = 'externalId'): string {
  const check = new Checker();
  checkText(check, field, externalId, { max: 200 });
  check.orThrow();
  return externalId;
}
