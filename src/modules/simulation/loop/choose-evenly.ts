import type { World, WorldVertical } from '../world/world';
import { show, turnsOf, type Market, type Showing, type VisitSettings } from './visits';

/** What a rival without any model gets: at every visit one of the first texts, all alike. It needs no platform. */
export function chooseEvenly(world: World, markets: readonly Market[], texts: Readonly<Record<WorldVertical, readonly string[]>>, settings: VisitSettings): Showing[] {
  return Array.from({ length: settings.rounds }, (_, i) => turnsOf(markets, settings, i + 1)).flat().flatMap((turn) =>
    turn.arrivals.map((visitor) => {
      const among = texts[visitor.vertical];
      const text = among[turn.luck.fork(`evenly ${visitor.person.externalId}`).int(among.length)]!;
      return show(world, turn, visitor, { text, propensity: 1 / among.length }).showing;
    }));
}
