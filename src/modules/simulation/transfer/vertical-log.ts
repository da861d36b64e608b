import { createRng } from '../../../base/rng';
import type { RecentItem } from '../../../domain/entities/profile';
import { profileText } from '../../../domain/profile/profile-text';
import { addToRecentItems } from '../../../domain/profile/recent-items';
import { DEMO_CAMPAIGNS } from '../../demo/seed-demo';
import type { Choice } from '../../training/choices';
import { copyPool, type PoolLine } from '../world/copy-pool';
import type { Person } from '../world/person';
import type { World, WorldVertical } from '../world/world';

export interface LogSettings {
  readonly seed: number;
  readonly people: number;
  /** Pieces of copy that are shown to one person, and showings of all of them together. */
  readonly texts: number;
  readonly shows: number;
  /** People of whom nothing is logged, to judge on. */
  readonly held: number;
  /** Pieces of copy of one campaign, at most; every fourth is shown to nobody before the judging. */
  readonly pool: number;
}

/** A text before somebody of whom nothing was logged, and the truth about it. */
export interface Judged {
  readonly person: number;
  readonly profile: string;
  readonly text: string;
  readonly chance: number;
}

export interface VerticalLog {
  readonly vertical: WorldVertical;
  /** In the order in which they were shown, chosen by chance alone. */
  readonly choices: readonly Choice[];
  readonly judged: readonly Judged[];
}

const JUDGED_TEXTS = 12;

/** What a platform without a model would log of one vertical: its demo campaigns, each shown to a third of the people. */
export function verticalLog(world: World, vertical: WorldVertical, lines: readonly PoolLine[], settings: LogSettings): VerticalLog {
  const rng = createRng(settings.seed).fork(`log ${vertical}`);
  const pools = DEMO_CAMPAIGNS.filter((campaign) => campaign.vertical === vertical).map((campaign) =>
    copyPool(rng.fork(campaign.key), campaign, lines, settings.pool).map(({ headline, body }) => `${headline} ${body}`),
  );
  const people = Array.from({ length: settings.people }, (_, index) => {
    const person = world.person(vertical, index);
    const shown = pools[index % pools.length]!.filter((_, at) => at % 4 !== 3);
    return { person, profile: profileOf(person, vertical), texts: rng.fork(`texts ${index}`).shuffle(shown).slice(0, settings.texts) };
  });
  const choices = Array.from({ length: settings.people * settings.shows }, (_, turn): Choice => {
    const { person, profile, texts } = people[turn % people.length]!;
    const text = texts[rng.int(texts.length)]!;
    return { profile, text, clicked: world.show(rng, person, text, vertical).clicked };
  });
  const judged = Array.from({ length: settings.held }, (_, index) => {
    const person = world.person(vertical, settings.people + index);
    const texts = rng.fork(`judged ${index}`).shuffle([...pools[index % pools.length]!]).slice(0, JUDGED_TEXTS);
    return texts.map((text): Judged => ({ person: index, profile: profileOf(person, vertical), text, chance: world.clickChance(person, text, vertical) }));
  });
  return { vertical, choices, judged: judged.flat() };
}

function profileOf({ events }: Person, vertical: WorldVertical): string {
  const known: RecentItem[] = [];
  const recentItems = addToRecentItems(known, events.map((event) => ({ ...event, id: event.eventId, advertiserId: '', profileId: '', category: event.category ?? null, value: null, occurredAt: event.occurredAt!, receivedAt: event.occurredAt! })));
  return profileText({ consent: { personalisation: true, training: true, measurement: true }, recentItems }, { vertical });
}
