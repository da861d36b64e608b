import { createHash } from 'node:crypto';
import { EVENT_KINDS } from '../../domain/entities/event';
import type { Dependencies } from '../dependencies';
import { MOST_EVENTS } from '../profiles/check-events';
import { recordEvents, type EventInput } from '../profiles/record-events';
import type { Row } from './row';
import { runImport, type ImportInput, type ImportReport } from './run-import';

/** What people did. Without an event id of the caller's, an event is told from others by all it says. */
export function importEvents(deps: Dependencies, input: ImportInput): Promise<ImportReport> {
  const latest = deps.clock.now().getTime() + 86_400_000;
  return runImport<EventInput>(
    {
      fields: [
        { name: 'profileExternalId', required: true },
        { name: 'kind', required: true },
        { name: 'itemText', required: true },
        { name: 'occurredAt', required: true },
        { name: 'category', required: false },
        { name: 'value', required: false },
        { name: 'eventId', required: false },
      ],
      parse: (row) => readEvent(row, latest),
      async write(batch) {
        const events = new Map<string, EventInput>();
        // An event that stands twice in a batch is one event.
        for (const { record } of batch) events.set(record.eventId, record);
        const result = await recordEvents(deps, { events: [...events.values()] });
        return { imported: result.recorded, unchanged: batch.length - result.recorded };
      },
    },
    { ...input, batchSize: Math.min(input.batchSize ?? MOST_EVENTS, MOST_EVENTS) },
  );
}

function readEvent(row: Row, latest: number): EventInput {
  const event = {
    profileExternalId: row.required('profileExternalId', { max: 200 }),
    kind: row.oneOf('kind', EVENT_KINDS),
    itemText: row.required('itemText', { max: 1_000 }),
    category: row.optional('category', { max: 200 }),
    value: row.number('value', -1e12, 1e12),
    occurredAt: row.time('occurredAt'),
  };
  const eventId = row.optional('eventId', { max: 200 });
  if (event.occurredAt === null && row.problem() === null) row.refuse('occurredAt', 'occurredAt is missing');
  if (event.occurredAt !== null && event.occurredAt.getTime() > latest) row.refuse('occurredAt', 'occurredAt lies more than a day in the future');
  return { ...event, eventId: eventId ?? contentId(Object.values(event)) };
}

function contentId(parts: readonly unknown[]): string {
  const text = parts.map((part) => (part instanceof Date ? part.toISOString() : String(part))).join('\u0000');
  return `row:${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
}
