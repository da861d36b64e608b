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

/** Outcomes told at once: so many decisions are made before the first of them is known. */
const TOLD_TOGETHER = 24;
const BETWEEN_VISITS_MS = 20_000;
const BETWEEN_ROUNDS_MS = 86_400_000;

/**
 * The same seed gives the same people the same visits in the same order, and the same luck: of two platforms that show one person the same
 * text at the same visit, both get the click or neither.
 */
export async function runArm(world: World, platform: Platform, markets: readonly Market[], settings: ArmSettings, step: (done: number, of: number) => void): Promise<ArmRun> {
  const texts: Partial<Record<WorldVertical, readonly string[]>> = {};
  for (const { vertical, campaign, copy, people } of markets) {
    await platform.addPeople(people);
    texts[vertical] = await platform.openCampaign(campaign, copy);
  }
  const showings: Showing[] = [];
  const waiting: Told[] = [];
  const last = new Map<WorldVertical, Served>();
  let [empty, recorded, replayed] = [0, 0, 0];
  const tell = async (): Promise<void> => {
    const told = await platform.tell(waiting.splice(0));
    recorded += told.recorded;
    replayed += told.replayed;
  };
  const visitors = markets.flatMap(({ vertical, campaign, people }) => people.map((person) => ({ vertical, campaign, person })));
  const all = settings.rounds * settings.visits * visitors.length;
  for (let round = 1; round <= settings.rounds; round++) {
    for (let visit = 0; visit < settings.visits; visit++) {
      const rng = createRng(settings.seed).fork(`round ${round} visit ${visit}`);
      for (const { vertical, campaign, person } of rng.shuffle([...visitors])) {
        const served = await platform.decide({ person: person.externalId, campaign: campaign.key, key: `${person.externalId} ${round} ${visit}` });
        platform.advance(BETWEEN_VISITS_MS);
        if (served === null) {
          empty++;
          continue;
        }
        const { clicked, converted, value } = world.show(rng.fork(person.externalId), person, served.text, vertical);
        showings.push({ round, person: person.externalId, vertical, text: served.text, propensity: served.propensity, clicked, chance: world.clickChance(person, served.text, vertical) });
        waiting.push({ served, clicked, value: converted ? value : null });
        last.set(vertical, served);
        if (waiting.length >= TOLD_TOGETHER) await tell();
        step(showings.length + empty, all);
      }
    }
    await tell();
    platform.advance(BETWEEN_ROUNDS_MS);
  }
  const explained = await Promise.all([...last.values()].map(({ decisionId }) => platform.explain(decisionId)));
  return { showings, empty, recorded, replayed, beliefs: explained.flat().map(({ belief }) => belief), texts };
}
