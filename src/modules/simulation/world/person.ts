import type { Rng } from '../../../base/rng';
import type { Vertical } from '../../../domain/entities/campaign';
import type { EventKind } from '../../../domain/entities/event';
import type { CatalogueEntry } from '../../demo/catalogue/entry';
import type { EventInput } from '../../profiles/record-events';
import { KINDS } from './kinds-of-copy';

/** Somebody of the world. What is `hidden` never reaches the platform. */
export interface Person {
  readonly externalId: string;
  readonly events: readonly EventInput[];
  readonly hidden: Hidden;
}

interface Hidden {
  /** Interests with their weights, which sum to 1; the leading one first. */
  readonly interests: readonly { readonly name: string; readonly weight: number }[];
  /** Departure from the taste of others for each kind of copy, in log-odds. */
  readonly kinds: readonly number[];
  /** How readily this one clicks at all, in log-odds. */
  readonly readiness: number;
}

export interface PersonSettings {
  readonly catalogue: readonly CatalogueEntry[];
  /** Departures that people of one interest share. */
  readonly kindsByInterest: ReadonlyMap<string, readonly number[]>;
  /** End of the history. */
  readonly today: Date;
}

const DAY = 86_400_000;
/** Standard deviation of what is a person's own, in log-odds. */
const OWN_KINDS = 0.15;
const OWN_READINESS = 0.5;
/** Share of looks that say nothing of a person's tastes. */
const STRAY = 0.2;

const LAST_STEP: Readonly<Partial<Record<Vertical, EventKind>>> = { ECOMMERCE: 'PURCHASE', EDUCATION: 'ENROL', FINANCE: 'INVEST', TRAVEL: 'BOOK' };

/** A person whose leading interest is of the vertical, with what goes with it, and a history that tells it in part. */
export function makePerson(rng: Rng, externalId: string, vertical: Vertical, settings: PersonSettings): Person {
  const { catalogue, kindsByInterest } = settings;
  const entryOf = (interest: string): CatalogueEntry | undefined => catalogue.find((entry) => entry.interest === interest);
  const own = catalogue.filter((entry) => entry.vertical === vertical);
  const first = own[rng.int(own.length)]!;
  const near = rng.shuffle([...first.near]).slice(0, 1 + rng.int(2)).flatMap((interest) => entryOf(interest) ?? []);
  const weighted = [first, ...near].map((entry, i) => ({ entry, weight: i === 0 ? 2 : 0.5 + rng.next() }));
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  const interests = weighted.map(({ entry, weight }) => ({ name: entry.interest, weight: weight / total }));
  const kinds = KINDS.map((_, k) => interests.reduce((sum, { name, weight }) => sum + weight * (kindsByInterest.get(name)?.[k] ?? 0), 0) + OWN_KINDS * rng.normal());
  const hidden = { interests, kinds, readiness: OWN_READINESS * rng.normal() };
  return { externalId, hidden, events: historyOf(rng, externalId, weighted.map(({ entry }) => entry), interests.map(({ weight }) => weight), settings) };
}

function historyOf(rng: Rng, externalId: string, tastes: readonly CatalogueEntry[], weights: readonly number[], { catalogue, today }: PersonSettings): EventInput[] {
  const looks = 4 + rng.int(9);
  return Array.from({ length: looks }, (_, i): EventInput => {
    const entry = rng.next() < STRAY ? catalogue[rng.int(catalogue.length)]! : tastes[drawn(rng, weights)]!;
    const kind: EventKind = rng.next() < 0.2 ? (LAST_STEP[entry.vertical] ?? 'VIEW') : rng.next() < 0.3 ? 'CLICK' : 'VIEW';
    const occurredAt = new Date(today.getTime() - Math.round((looks - i - rng.next()) * 2 * DAY));
    return {
      eventId: `${externalId}-${i}`, profileExternalId: externalId, kind, itemText: entry.titles[rng.int(entry.titles.length)]!,
      category: entry.interest, value: null, occurredAt,
    };
  });
}

/** An index by its weight. */
function drawn(rng: Rng, weights: readonly number[]): number {
  let left = rng.next() * weights.reduce((a, b) => a + b, 0);
  const at = weights.findIndex((weight) => (left -= weight) < 0);
  return at < 0 ? weights.length - 1 : at;
}
