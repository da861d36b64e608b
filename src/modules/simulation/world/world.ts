/**
 * A made-up world of people with hidden tastes, the same for the same seed. The platform sees their events and what came of
 * what it showed; the truth is for judging alone.
 */
import { createRng, type Rng } from '../../../base/rng';
import type { Vertical } from '../../../domain/entities/campaign';
import { CATALOGUE } from '../../demo/catalogue/catalogue';
import { interestReader, type InterestLine, type InterestReader } from './interest-words';
import { KINDS, kindsOf } from './kinds-of-copy';
import { makePerson, type Person } from './person';

export const WORLD_VERTICALS = ['ECOMMERCE', 'EDUCATION', 'FINANCE', 'TRAVEL'] as const satisfies readonly Vertical[];
export type WorldVertical = (typeof WORLD_VERTICALS)[number];

export interface WorldSettings {
  readonly seed: number;
  /** Draws tastes alone: other tastes for the same people with the same histories. The seed when absent. */
  readonly tasteSeed?: number;
  /** Copy of the corpus, by interest: what words mean in this world. */
  readonly lines: readonly InterestLine[];
  /** End of everybody's history. */
  readonly today: Date;
  /** Copy that the rates of clicks are set on; pairs of corpus lines where absent. */
  readonly copy?: Readonly<Record<WorldVertical, readonly string[]>>;
  /** Share of the taste for kinds of copy, in variance, that all verticals have in common; the rest is each one's own. */
  readonly shared?: number;
}

export interface World {
  /** The same person for the same vertical and number. */
  person(vertical: WorldVertical, index: number): Person;
  /** The truth: the chance that this person clicks this text when it is shown once. */
  clickChance(person: Person, text: string, vertical: WorldVertical): number;
  /** One showing: the truth, and the noise of the moment. */
  show(rng: Rng, person: Person, text: string, vertical: WorldVertical): Shown;
}

export interface Shown {
  readonly clicked: boolean;
  /** Never without a click. */
  readonly converted: boolean;
  /** Worth of the conversion in units of money; 0 without one. */
  readonly value: number;
}

/** Rates of clicks: each vertical's log-odds are set so that its copy comes to it. */
const RATES: Readonly<Record<WorldVertical, number>> = { ECOMMERCE: 0.035, EDUCATION: 0.03, FINANCE: 0.025, TRAVEL: 0.035 };
/** Standard deviation of the taste for a kind of copy, in log-odds: of everybody in a vertical, and of those with one interest. */
const TASTE = 1;
const TASTE_BY_INTEREST = 0.2;
/** What copy for one's own interest gains, in log-odds. */
const MATCH = 1.2;
const MOMENT = 0.3;
/** People and texts that the rates are set on. */
const SAMPLE = 100;
const SHARED = 0.9;

export function createWorld({ seed, tasteSeed = seed, lines, today, copy, shared = SHARED }: WorldSettings): World {
  const rng = createRng(seed).fork('world');
  const read = remembered(interestReader(CATALOGUE, lines));
  const taste = createRng(tasteSeed).fork('tastes');
  const tastes = (label: string, deviation: number): number[] => {
    const of = taste.fork(label);
    return KINDS.map(() => deviation * of.normal());
  };
  const common = tastes('everybody', TASTE * Math.sqrt(shared));
  const byVertical = new Map(WORLD_VERTICALS.map((vertical) => [vertical, tastes(vertical, TASTE * Math.sqrt(1 - shared)).map((own, k) => own + common[k]!)]));
  const kindsByInterest = new Map(CATALOGUE.map(({ interest }) => [interest, tastes(`interest ${interest}`, TASTE_BY_INTEREST)]));

  const preference = ({ hidden }: Person, text: string, vertical: WorldVertical): number => {
    const taste = byVertical.get(vertical)!;
    const { kinds, match } = read(text, hidden.interests.map(({ name }) => name));
    const liking = kinds.reduce((sum, amount, k) => sum + amount * (taste[k]! + hidden.kinds[k]!), 0);
    const near = match.reduce((sum, amount, i) => sum + amount * hidden.interests[i]!.weight, 0);
    return hidden.readiness + MATCH * near + liking;
  };
  const person = (vertical: WorldVertical, index: number): Person =>
    makePerson(rng.fork(`person ${vertical} ${index}`), `${vertical.toLowerCase()}-${index}`, vertical, { catalogue: CATALOGUE, kindsByInterest, today });
  const levels = new Map(WORLD_VERTICALS.map((vertical) => {
    const some = rng.fork(`level ${vertical}`);
    const line = (): string => lines[some.int(lines.length)]!.text;
    const texts = (): readonly string[] => copy?.[vertical] ?? [`${line()} ${line()}`];
    const odds = Array.from({ length: SAMPLE }, (_, index) => person(vertical, index)).flatMap((of) => texts().map((text) => preference(of, text, vertical)));
    return [vertical, levelFor(RATES[vertical], odds)];
  }));
  const logOdds = (of: Person, text: string, vertical: WorldVertical): number => levels.get(vertical)! + preference(of, text, vertical);
  return {
    person,
    clickChance: (person, text, vertical) => sigmoid(logOdds(person, text, vertical)),
    show(of, person, text, vertical) {
      const clicked = of.next() < sigmoid(logOdds(person, text, vertical) + MOMENT * of.normal());
      const converted = of.next() < 0.1 && clicked;
      const value = Math.round(100 * Math.exp(3 + 0.5 * of.normal())) / 100;
      return { clicked, converted, value: converted ? value : 0 };
    },
  };
}

/** Texts are few and shown often. */
function remembered(read: InterestReader): (text: string, interests: readonly string[]) => { kinds: number[]; match: number[] } {
  const kinds = new Map<string, number[]>();
  const matches = new Map<string, number[]>();
  return (text, interests) => {
    const key = `${interests.join('|')}\n${text}`;
    if (!kinds.has(text)) kinds.set(text, kindsOf(text));
    if (!matches.has(key)) matches.set(key, read(text, interests));
    return { kinds: kinds.get(text)!, match: matches.get(key)! };
  };
}

/** What must be added to log-odds so that the mean of their probabilities is the rate; by halving. */
function levelFor(rate: number, odds: readonly number[]): number {
  let [low, high] = [-20, 20];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    const mean = odds.reduce((sum, z) => sum + sigmoid(z + middle), 0) / odds.length;
    if (mean < rate) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}
