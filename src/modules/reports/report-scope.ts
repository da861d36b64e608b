import { badInput, type AdloomError } from '../../base/errors';
import type { Campaign } from '../../domain/entities/campaign';
import type { Dependencies } from '../dependencies';
import { checkTime } from '../input/amounts';
import { Checker } from '../input/problems';

const DAY_MS = 86_400_000;
const MOST_CAMPAIGNS = 100;

/** From a moment until before another; of both, what is absent is the last thirty days. */
export interface Period {
  readonly from?: Date | null;
  readonly to?: Date | null;
}

export function periodOf(deps: Dependencies, { from, to }: Period): { from: Date; to: Date } {
  const check = new Checker();
  checkTime(check, 'from', from);
  checkTime(check, 'to', to);
  check.orThrow();
  const until = to ?? deps.clock.now();
  const since = from ?? new Date(until.getTime() - 30 * DAY_MS);
  if (since >= until) throw badInput('from', `from must lie before to; ${since.toISOString()} is not before ${until.toISOString()}.`);
  return { from: since, to: until };
}

/** The campaigns by their ids, all in one currency. @throws InputProblems, BAD_INPUT */
export async function campaignsOf(deps: Dependencies, ids: readonly string[]): Promise<{ campaigns: Campaign[]; currency: string }> {
  const check = new Checker();
  if (ids.length === 0) check.add('campaignIds', 'campaignIds must name at least one campaign.');
  if (ids.length > MOST_CAMPAIGNS) check.add('campaignIds', `campaignIds may have at most ${MOST_CAMPAIGNS} entries; it has ${ids.length}.`, undefined, 'TOO_LARGE');
  check.orThrow();
  const campaigns = await deps.store.campaigns.byIds(deps.advertiserId, ids);
  const known = new Set(campaigns.map(({ id }) => id));
  ids.forEach((id, index) => {
    if (!known.has(id)) check.add(`campaignIds.${index}`, 'There is no campaign with this id.', 'Check the id.', 'NOT_FOUND');
  });
  check.orThrow();
  const currencies = [...new Set(campaigns.map(({ currency }) => currency))];
  if (currencies.length > 1) throw mixedCurrencies('campaignIds', currencies, 'Ask for a report of each currency by itself.');
  return { campaigns, currency: currencies[0]! };
}

export function mixedCurrencies(field: string, currencies: readonly string[], hint: string): AdloomError {
  return badInput(field, `A report has one currency; here are ${currencies.toSorted().join(' and ')}. Amounts of different currencies are never added.`, hint);
}
