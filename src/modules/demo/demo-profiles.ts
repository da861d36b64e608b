import type { Rng } from '../../base/rng';
import type { EventKind } from '../../domain/entities/event';
import type { Vertical } from '../../domain/entities/campaign';
import type { Consent } from '../../domain/entities/profile';
import type { EventInput } from '../profiles/record-events';
import { CATALOGUE } from './catalogue/catalogue';
import type { CatalogueEntry } from './catalogue/entry';

export interface DemoPerson {
  readonly externalId: string;
  readonly consent: Consent;
  readonly attributes: Readonly<Record<string, string>>;
  readonly events: readonly EventInput[];
}

export const DEMO_PEOPLE = 200;
const DAYS = 90;
const DAY = 86_400_000;
const HOUR = 3_600_000;

/** What follows a look, by vertical: how far people go in one sitting. */
const STEPS: Readonly<Partial<Record<Vertical, readonly EventKind[]>>> = {
  ECOMMERCE: ['VIEW', 'CLICK', 'CART', 'PURCHASE'],
  EDUCATION: ['VIEW', 'CLICK', 'ENROL'],
  FINANCE: ['VIEW', 'CLICK', 'INVEST'],
  TRAVEL: ['VIEW', 'CLICK', 'BOOK'],
};
const COUNTRIES = ['GB', 'GB', 'GB', 'IE', 'DE', 'NL', 'FR', 'ES'];
const AGES = ['18-24', '25-34', '35-44', '45-54', '55-64', '65+'];

/** The first few are the ones that examples speak of: clear tastes, full consent. */
const LEADS: readonly string[] = ['trail running', 'coffee', 'data science', 'diving', 'drawing', 'saving', 'city breaks', 'houseplants'];

/** People with tastes that hold together and sittings of a few minutes, over the ninety days before `today`; the same for the same seed. */
export function demoPeople(rng: Rng, today: Date): DemoPerson[] {
  return Array.from({ length: DEMO_PEOPLE }, (_, index) => demoPerson(rng.fork(`person ${index}`), index, today));
}

function demoPerson(rng: Rng, index: number, today: Date): DemoPerson {
  const externalId = `demo-${String(index + 1).padStart(3, '0')}`;
  const lead = index < LEADS.length;
  const first = lead ? entryOf(LEADS[index]!) : CATALOGUE[rng.int(CATALOGUE.length)]!;
  const tastes = tastesOf(rng, first, lead);
  return {
    externalId,
    // Some people say no, and must be treated as if nothing were known of them.
    consent: { personalisation: lead || rng.next() < 0.86, training: rng.next() < 0.7, measurement: lead || rng.next() < 0.9 },
    attributes: { country: COUNTRIES[rng.int(COUNTRIES.length)]!, ageGroup: AGES[rng.int(AGES.length)]!, newsletter: rng.next() < 0.4 ? 'yes' : 'no' },
    events: eventsOf(rng, externalId, tastes, lead, today),
  };
}

function entryOf(interest: string): CatalogueEntry {
  return CATALOGUE.find((entry) => entry.interest === interest)!;
}

/** A leading taste, one or two of those that go with it, and for some a stray one. */
function tastesOf(rng: Rng, first: CatalogueEntry, lead: boolean): { entry: CatalogueEntry; weight: number }[] {
  const near = rng.shuffle([...first.near]).slice(0, 1 + rng.int(2)).map((interest) => ({ entry: entryOf(interest), weight: lead ? 0.5 : 1 + rng.next() }));
  const stray = !lead && rng.next() < 0.3 ? [{ entry: CATALOGUE[rng.int(CATALOGUE.length)]!, weight: 0.6 }] : [];
  return [{ entry: first, weight: 3 }, ...near, ...stray];
}

function eventsOf(rng: Rng, externalId: string, tastes: readonly { entry: CatalogueEntry; weight: number }[], lead: boolean, today: Date): EventInput[] {
  const sittings = lead ? 9 + rng.int(4) : 2 + rng.int(9);
  // Most people came lately; some have not been seen for weeks.
  const quiet = lead || rng.next() < 0.75 ? 0 : 20 + rng.int(45);
  const events: EventInput[] = [];
  for (let sitting = 0; sitting < sittings; sitting++) {
    const age = quiet + (DAYS - quiet) * rng.next() ** 1.4;
    let at = today.getTime() - age * DAY - rng.int(12) * HOUR;
    const { entry } = weighted(rng, tastes);
    const add = (kind: EventKind, itemText: string, value: number | null = null): void => {
      events.push({
        eventId: `${externalId}-${String(events.length + 1).padStart(2, '0')}`,
        profileExternalId: externalId, kind, itemText, category: entry.interest, value, occurredAt: new Date(Math.round(at)),
      });
      at += (20 + rng.int(300)) * 1000;
    };
    if (rng.next() < 0.25) add('SEARCH', entry.searches[rng.int(entry.searches.length)]!);
    const looks = 1 + rng.int(3);
    const titles = rng.shuffle([...entry.titles]).slice(0, looks);
    for (const title of titles) add('VIEW', title);
    goFurther(rng, entry, titles.at(-1)!, add);
  }
  return events.toSorted((a, b) => a.occurredAt!.getTime() - b.occurredAt!.getTime());
}

/** Half of the sittings go a step further with the last thing looked at, some to the end; a few come back with stars. */
function goFurther(rng: Rng, entry: CatalogueEntry, title: string, add: (kind: EventKind, itemText: string, value?: number | null) => void): void {
  const steps = (STEPS[entry.vertical] ?? ['VIEW']).slice(1);
  for (const [index, kind] of steps.entries()) {
    if (rng.next() > 0.5) return;
    add(kind, title, index === steps.length - 1 ? 10 + rng.int(190) : null);
  }
  if (rng.next() < 0.3) add('RATE', title, 2 + rng.int(4));
}

function weighted<T extends { weight: number }>(rng: Rng, items: readonly T[]): T {
  let left = rng.next() * items.reduce((sum, { weight }) => sum + weight, 0);
  for (const item of items) {
    left -= item.weight;
    if (left < 0) return item;
  }
  return items[0]!;
}
