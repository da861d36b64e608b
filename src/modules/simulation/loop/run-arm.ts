/** One platform through all rounds: people come, are shown something, click or not, and the platform is told. */
import { createRng } from '../../../base/rng';
import type { DemoCampaign } from '../../demo/demo-campaign';
import type { PoolCopy } from '../world/copy-pool';
import type { Person } from '../world/person';
import type { World, WorldVertical } from '../world/world';
import type { Belief, Platform, Served, Told } from './platform';

/** Who may be shown what: people of a vertical, and its campaign. */
export interface Market {
  readonly vertical: WorldVertical;
  readonly campaign: DemoCampaign;
  readonly copy: readonly PoolCopy[];
  readonly people: readonly Person[];
}

export interface ArmSettings {
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

export interface ArmRun {
  readonly showings: readonly Showing[];
  /** Visits at which nothing was shown. */
  readonly empty: number;
  readonly recorded: number;
  readonly replayed: number;
  /** Of the last decision of each market. */
  readonly beliefs: readonly Belief[];
  /** Copy of each market that could be shown. */
  readonly texts: Readonly<Partial<Record<WorldVertical, readonly string[]>>>;
}

/** People who come at once: so many decisions are made side by side, before the outcome of the first is known. */
const AT_ONCE = 24;
const BETWEEN_ARRIVALS_MS = 120_000;
const BETWEEN_ROUNDS_MS = 86_400_000;

/**
 * The same seed gives the same people the same visits in the same order, and the same luck: of two platforms that show one person the same
 * text at the same visit, both get the click or neither. What is chosen has chance of its own: decisions are made side by side.
 */
export async function runArm(world: World, platform: Platform, markets: readonly Market[], settings: ArmSettings, step: (done: number, of: number) => void): Promise<ArmRun> {
  const texts: Partial<Record<WorldVertical, readonly string[]>> = {};
  for (const { vertical, campaign, copy, people } of markets) {
    await platform.addPeople(people);
    texts[vertical] = await platform.openCampaign(campaign, copy);
  }
  const showings: Showing[] = [];
  const last = new Map<WorldVertical, Served>();
  let [empty, recorded, replayed] = [0, 0, 0];
  const visitors = markets.flatMap(({ vertical, campaign, people }) => people.map((person) => ({ vertical, campaign, person })));
  const all = settings.rounds * settings.visits * visitors.length;
  for (let round = 1; round <= settings.rounds; round++) {
    for (let visit = 0; visit < settings.visits; visit++) {
      const rng = createRng(settings.seed).fork(`round ${round} visit ${visit}`);
      const arrivals = rng.shuffle([...visitors]);
      for (let at = 0; at < arrivals.length; at += AT_ONCE) {
        const some = arrivals.slice(at, at + AT_ONCE);
        const chosen = await Promise.all(some.map(({ campaign, person }) => platform.decide({ person: person.externalId, campaign: campaign.key, key: `${person.externalId} ${round} ${visit}` })));
        const told = chosen.flatMap((served, i): Told[] => {
          if (served === null) return [];
          const { vertical, person } = some[i]!;
          const { clicked, converted, value } = world.show(rng.fork(person.externalId), person, served.text, vertical);
          showings.push({ round, person: person.externalId, vertical, text: served.text, propensity: served.propensity, clicked, chance: world.clickChance(person, served.text, vertical) });
          last.set(vertical, served);
          return [{ served, clicked, value: converted ? value : null }];
        });
        empty += some.length - told.length;
        const counted = await platform.tell(told);
        recorded += counted.recorded;
        replayed += counted.replayed;
        platform.advance(BETWEEN_ARRIVALS_MS);
        step(showings.length + empty, all);
      }
    }
    platform.advance(BETWEEN_ROUNDS_MS);
  }
  const explained = await Promise.all([...last.values()].map(({ decisionId }) => platform.explain(decisionId)));
  return { showings, empty, recorded, replayed, beliefs: explained.flat().map(({ belief }) => belief), texts };
}
