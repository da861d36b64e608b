// Event ingestion: batches of 1,000 about 100 people, profiles derived anew each time; then the same batch replayed.
import { eventsFor } from '../data.mjs';
import { median, repeat, round } from '../measure.mjs';
import { product } from '../platform.mjs';

export async function run({ deps }) {
  const { recordEvents } = product('modules/profiles/record-events');
  const fresh = await repeat(5, (i) => recordEvents(deps, { events: eventsFor(`fresh-${i}`, 1000, 100) }), 1);
  const replay = await repeat(5, () => recordEvents(deps, { events: eventsFor('fresh-0', 1000, 100) }), 0);
  return [
    { name: 'record 1,000 events of 100 people, p50', value: round(median(fresh)), unit: 'ms' },
    { name: 'record events', value: round(1e6 / median(fresh), 0), unit: 'events/s' },
    { name: 'replay 1,000 known events, p50', value: round(median(replay)), unit: 'ms' },
  ];
}
