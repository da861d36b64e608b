/** The platform as it learns, beside its model alone and beside choosing evenly, over the same people of a made-up world. */
import { createRng } from '../../../base/rng';
import { DEMO_CAMPAIGNS } from '../../demo/seed-demo';
import { readCopyCorpus } from '../../training/writer-documents';
import { copyPool } from '../world/copy-pool';
import { createWorld, WORLD_VERTICALS, type World, type WorldVertical } from '../world/world';
import { chooseEvenly } from './choose-evenly';
import { compareArms, type Comparison } from './compare-arms';
import { copyWorth, mean, type CopyWorth } from './copy-worth';
import type { Platform, Retrained } from './platform';
import { runArm, type ArmRun } from './run-arm';
import type { Market, Showing } from './visits';

export interface SimulationSettings {
  readonly seed: number;
  readonly corpus: string;
  /** Of every vertical. */
  readonly people: number;
  readonly rounds: number;
  readonly visits: number;
  /** Pieces of copy of every campaign at the start. */
  readonly creatives: number;
  /** Whether the classifiers are trained between rounds. */
  readonly retrain: boolean;
  /** Pieces of copy that are written for every campaign between two rounds; 0 writes none. */
  readonly newCopy: number;
  /** The first moment; histories end here. */
  readonly today: Date;
}

/** Platforms: `learning` does all that it can, `still` chooses by its model alone, with the same share of choices made evenly. */
export type Arm = 'learning' | 'still';
export const ARMS: readonly Arm[] = ['learning', 'still'];

export interface SimulationReport {
  readonly settings: Omit<SimulationSettings, 'corpus'>;
  readonly comparison: Comparison;
  readonly arms: Readonly<Record<Arm, Pick<ArmRun, 'empty' | 'recorded' | 'replayed' | 'beliefs'> & { readonly leastPropensity: number }>>;
  readonly retraining: readonly { readonly round: number; readonly runs: readonly Retrained[] }[];
  readonly copy: readonly CopyWorth[];
  /** Mean chance of a click had every choice been the best by the truth: of the first copy, and with what was written since. */
  readonly best: number;
  readonly bestOfAll: number;
}

export interface SimulationRun {
  readonly report: SimulationReport;
  readonly runs: Readonly<Record<Arm, ArmRun>>;
  readonly even: readonly Showing[];
}

/** @param open a platform of its own for each arm, empty; it is closed again */
export async function simulate(
  settings: SimulationSettings,
  open: (arm: Arm) => Promise<Platform & { close(): Promise<void> }>,
  step: (arm: Arm, done: number, of: number) => void,
): Promise<SimulationRun> {
  const { seed, retrain, newCopy } = settings;
  const { world, markets } = await worldOf(settings);
  const runs = {} as Record<Arm, ArmRun>;
  for (const arm of ARMS) {
    const platform = await open(arm);
    const learning = arm === 'learning';
    try {
      runs[arm] = await runArm(world, platform, markets, { ...settings, oncePerRound: !learning, improve: learning ? { retrain, newCopy } : null }, (done, of) => step(arm, done, of));
    } finally {
      await platform.close();
    }
  }
  const { texts, improvements, showings } = runs.learning;
  const even = chooseEvenly(world, markets, texts, settings);
  const { corpus: _, ...told } = settings;
  const all = Object.fromEntries(Object.entries(texts).map(([vertical, first]) => [vertical, [...first, ...improvements.flatMap(({ copy }) => copy.filter((each) => each.vertical === vertical).flatMap((each) => each.texts))]])) as unknown as ArmRun['texts'];
  return {
    runs,
    even,
    report: {
      settings: told,
      comparison: compareArms({ learning: showings, still: runs.still.showings, even }, seed),
      arms: { learning: summary(runs.learning), still: summary(runs.still) },
      retraining: retrain ? improvements.map(({ round, retrained }) => ({ round, runs: retrained })) : [],
      copy: newCopy > 0 ? copyWorth(world, markets, texts, improvements, showings) : [],
      best: bestOf(world, markets, texts),
      bestOfAll: bestOf(world, markets, all),
    },
  };
}

async function worldOf({ seed, today, corpus, creatives, people }: SimulationSettings): Promise<{ world: World; markets: Market[] }> {
  const lines = await readCopyCorpus(corpus);
  const pools = WORLD_VERTICALS.map((vertical) => {
    const campaign = DEMO_CAMPAIGNS.find((each) => each.vertical === vertical && each.interests.length === 0)!;
    return { vertical, campaign, copy: copyPool(createRng(seed).fork(campaign.key), campaign, lines, creatives) };
  });
  const copy = Object.fromEntries(pools.map((pool) => [pool.vertical, pool.copy.map(({ headline, body }) => `${headline} ${body}`)])) as Record<WorldVertical, string[]>;
  const world = createWorld({ seed, lines, today, copy });
  return { world, markets: pools.map((pool): Market => ({ ...pool, people: Array.from({ length: people }, (_, index) => world.person(pool.vertical, index)) })) };
}

function summary({ showings, empty, recorded, replayed, beliefs }: ArmRun): SimulationReport['arms'][Arm] {
  return { empty, recorded, replayed, beliefs, leastPropensity: showings.reduce((least, { propensity }) => Math.min(least, propensity), 1) };
}

function bestOf(world: World, markets: readonly Market[], texts: ArmRun['texts']): number {
  return mean(markets.flatMap(({ vertical, people }) => people.map((person) => Math.max(...texts[vertical].map((text) => world.clickChance(person, text, vertical))))));
}
