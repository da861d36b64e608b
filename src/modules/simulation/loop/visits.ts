/** Who comes when, and what happens then: the same people at the same visits with the same luck, whatever is shown. */
import { createRng, type Rng } from '../../../base/rng';
import type { DemoCampaign } from '../../demo/demo-campaign';
import type { PoolCopy } from '../world/copy-pool';
import type { Person } from '../world/person';
import type { Shown, World, WorldVertical } from '../world/world';

/** Who may be shown what: people of a vertical, and its campaign. */
export interface Market {
  readonly vertical: WorldVertical;
  readonly campaign: DemoCampaign;
  readonly copy: readonly PoolCopy[];
  readonly people: readonly Person[];
}

export interface Visitor {
  readonly vertical: WorldVertical;
  readonly campaign: string;
  readonly person: Person;
}

/** Everybody's visit of one turn, in the order in which they come. */
export interface Turn {
  readonly round: number;
  readonly visit: number;
  readonly luck: Rng;
  readonly arrivals: readonly Visitor[];
}

export interface VisitSettings {
  readonly seed: number;
  readonly rounds: number;
  /** Visits of every person in one round. */
  readonly visits: number;
}

export interface Showing {
  readonly round: number;
  readonly person: string;
  readonly vertical: WorldVertical;
  readonly text: string;
  readonly propensity: number;
  readonly clicked: boolean;
  /** The truth. */
  readonly chance: number;
}

export function turnsOf(markets: readonly Market[], { seed, visits }: VisitSettings, round: number): Turn[] {
  const visitors = markets.flatMap(({ vertical, campaign, people }) => people.map((person): Visitor => ({ vertical, campaign: campaign.key, person })));
  return Array.from({ length: visits }, (_, visit) => {
    const luck = createRng(seed).fork(`round ${round} visit ${visit}`);
    return { round, visit, arrivals: luck.shuffle([...visitors]), luck };
  });
}

/** Of two who show one person the same text at the same visit, both get the click or neither. */
export function show(world: World, { round, luck }: Turn, { person, vertical }: Visitor, choice: { readonly text: string; readonly propensity: number }): { readonly showing: Showing; readonly shown: Shown } {
  const shown = world.show(luck.fork(person.externalId), person, choice.text, vertical);
  const { text, propensity } = choice;
  return { shown, showing: { round, person: person.externalId, vertical, text, propensity, clicked: shown.clicked, chance: world.clickChance(person, text, vertical) } };
}
