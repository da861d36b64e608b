/** The platform as it learns beside the platform that does not, over the same people of a made-up world. */
import { createRng } from '../../../base/rng';
import { DEMO_CAMPAIGNS } from '../../demo/seed-demo';
import { readCopyCorpus } from '../../training/writer-documents';
import { copyPool } from '../world/copy-pool';
import { createWorld, WORLD_VERTICALS, type World, type WorldVertical } from '../world/world';
import { compareArms, type Comparison } from './compare-arms';
import type { Platform } from './platform';
import { runArm, type ArmRun, type Market } from './run-arm';

export interface SimulationSettings {
  readonly seed: number;
  readonly corpus: string;
  /** Of every vertical. */
  readonly people: number;
  readonly rounds: number;
  readonly visits: number;
  /** Pieces of copy of every campaign. */
  readonly creatives: number;
  /** The first moment; histories end here. */
  readonly today: Date;
}

/** `learning` chooses by model and evidence; `still` by the model alone, with the same share of choices made evenly. */
export type Arm = 'learning' | 'still';
export const ARMS: readonly Arm[] = ['learning', 'still'];

export interface SimulationReport {
  readonly settings: Omit<SimulationSettings, 'corpus'>;
  readonly comparison: Comparison;
  readonly arms: Readonly<Record<Arm, Omit<ArmRun, 'showings' | 'texts'> & { readonly leastPropensity: number }>>;
  /** Mean chance of a click had every choice been the best by the truth, and had it been made evenly. */
  readonly best: number;
  readonly even: number;
}

export interface SimulationRun {
  readonly report: SimulationReport;
  readonly runs: Readonly<Record<Arm, ArmRun>>;
}

/** @param open a platform of its own for each arm, empty; it is closed again */
export async function simulate(
  settings: SimulationSettings,
  open: (arm: Arm) => Promise<Platform & { close(): Promise<void> }>,
  step: (arm: Arm, done: number, of: number) => void,
): Promise<SimulationRun> {
  const { seed, today } = settings;
  const lines = await readCopyCorpus(settings.corpus);
  const pools = WORLD_VERTICALS.map((vertical) => {
    const campaign = DEMO_CAMPAIGNS.find((each) => each.vertical === vertical && each.interests.length === 0)!;
    return { vertical, campaign, copy: copyPool(createRng(seed).fork(campaign.key), campaign, lines, settings.creatives) };
  });
  const copy = Object.fromEntries(pools.map((pool) => [pool.vertical, pool.copy.map(({ headline, body }) => `${headline} ${body}`)])) as Record<WorldVertical, string[]>;
  const world = createWorld({ seed, lines, today, copy });
  const markets = pools.map((pool): Market => ({ ...pool, people: Array.from({ length: settings.people }, (_, index) => world.person(pool.vertical, index)) }));
  const runs = {} as Record<Arm, ArmRun>;
  for (const arm of ARMS) {
    const platform = await open(arm);
    try {
      runs[arm] = await runArm(world, platform, markets, settings, (done, of) => step(arm, done, of));
    } finally {
      await platform.close();
    }
  }
  const { corpus: _, ...told } = settings;
  const summary = ({ showings, texts: _texts, ...rest }: ArmRun): SimulationReport['arms'][Arm] => ({ ...rest, leastPropensity: showings.reduce((least, { propensity }) => Math.min(least, propensity), 1) });
  return {
    runs,
    report: {
      settings: told,
      comparison: compareArms(runs.learning.showings, runs.still.showings, seed),
      arms: { learning: summary(runs.learning), still: summary(runs.still) },
      ...bounds(world, markets, runs.learning),
    },
  };
}

function bounds(world: World, markets: readonly Market[], { texts }: ArmRun): { best: number; even: number } {
  const chances = markets.flatMap(({ vertical, people }) => people.map((person) => texts[vertical]!.map((text) => world.clickChance(person, text, vertical))));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { best: mean(chances.map((of) => Math.max(...of))), even: mean(chances.map(mean)) };
}
