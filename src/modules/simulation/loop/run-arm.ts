/** One platform through all rounds: people come, are shown something, click or not, and the platform is told; between rounds it may learn more. */
import type { World, WorldVertical } from '../world/world';
import { improve, type Improvement, type ImproveSettings } from './improve';
import type { Belief, Platform, Served, Told } from './platform';
import { show, turnsOf, type Market, type Showing, type Visitor, type VisitSettings } from './visits';

export interface ArmSettings extends VisitSettings {
  /**
   * Asks once a round for each person and shows the answer at all of their visits: for who answers the same each time, at a fraction of
   * the work.
   */
  readonly oncePerRound: boolean;
  /** What is done between rounds beside learning from outcomes; null does nothing. */
  readonly improve: ImproveSettings | null;
}

export interface ArmRun {
  readonly showings: readonly Showing[];
  /** Visits at which nothing was shown. */
  readonly empty: number;
  readonly recorded: number;
  readonly replayed: number;
  /** Of the last decision of each market. */
  readonly beliefs: readonly Belief[];
  /** Copy of each market that could be shown from the first visit on. */
  readonly texts: Readonly<Record<WorldVertical, readonly string[]>>;
  readonly improvements: readonly Improvement[];
}

/** People who come at once: so many decisions are made side by side, before the outcome of the first is known. */
const AT_ONCE = 24;
const BETWEEN_ARRIVALS_MS = 120_000;
const BETWEEN_ROUNDS_MS = 86_400_000;

/** What is chosen has chance of its own: decisions are made side by side. */
export async function runArm(world: World, platform: Platform, markets: readonly Market[], settings: ArmSettings, step: (done: number, of: number) => void): Promise<ArmRun> {
  const texts = {} as Record<WorldVertical, readonly string[]>;
  for (const { vertical, campaign, copy, people } of markets) {
    await platform.addPeople(people);
    texts[vertical] = await platform.openCampaign(campaign, copy);
  }
  const showings: Showing[] = [];
  const improvements: Improvement[] = [];
  const last = new Map<WorldVertical, Served>();
  const all = settings.rounds * settings.visits * markets.reduce((sum, { people }) => sum + people.length, 0);
  let [empty, recorded, replayed] = [0, 0, 0];
  for (let round = 1; round <= settings.rounds; round++) {
    const answers = new Map<string, Served | null>();
    for (const turn of turnsOf(markets, settings, round)) {
      const fresh = ({ person: { externalId } }: Visitor): boolean => !settings.oncePerRound || !answers.has(externalId);
      for (let at = 0; at < turn.arrivals.length; at += AT_ONCE) {
        const some = turn.arrivals.slice(at, at + AT_ONCE).map((visitor) => ({ visitor, fresh: fresh(visitor) }));
        await Promise.all(some.map(async ({ visitor: { campaign, person: { externalId } }, fresh: ask }) => {
          if (ask) answers.set(externalId, await platform.decide({ person: externalId, campaign, key: `${externalId} ${round} ${turn.visit}` }));
        }));
        const told = some.flatMap(({ visitor, fresh: asked }): Told[] => {
          const served = answers.get(visitor.person.externalId)!;
          if (served === null) return [];
          const { showing, shown } = show(world, turn, visitor, served);
          showings.push(showing);
          last.set(visitor.vertical, served);
          return asked ? [{ served, clicked: shown.clicked, value: shown.converted ? shown.value : null }] : [];
        });
        empty += some.filter(({ visitor }) => answers.get(visitor.person.externalId) === null).length;
        const counted = await platform.tell(told);
        recorded += counted.recorded;
        replayed += counted.replayed;
        platform.advance(BETWEEN_ARRIVALS_MS);
        step(showings.length + empty, all);
      }
    }
    platform.advance(BETWEEN_ROUNDS_MS);
    if (settings.improve && round < settings.rounds) improvements.push(await improve(platform, markets, { ...settings.improve, seed: settings.seed, round }));
  }
  const explained = await Promise.all([...last.values()].map(({ decisionId }) => platform.explain(decisionId)));
  return { showings, empty, recorded, replayed, beliefs: explained.flat().map(({ belief }) => belief), texts, improvements };
}
