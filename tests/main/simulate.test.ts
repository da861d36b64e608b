/** The loop closes: a small world, the whole program behind HTTP, asked by GraphQL alone. */
import { join } from 'node:path';
import { loadConfig } from '../../src/main/config';
import { openPlatform } from '../../src/main/simulate/open-platform';
import type { Platform, Told } from '../../src/modules/simulation/loop/platform';
import { simulate, type Arm, type SimulationRun } from '../../src/modules/simulation/loop/simulate';
import { simulationChart } from '../../src/modules/simulation/loop/simulation-chart';
import { simulationTable } from '../../src/modules/simulation/loop/simulation-table';
import { wordScorer } from '../support/word-models';

const SETTINGS = { seed: 5, people: 3, rounds: 2, visits: 4, creatives: 4, today: new Date('2026-01-05T09:00:00Z'), corpus: join(__dirname, '..', '..', 'models', 'writer', 'corpus') };

/** What was told, and what the program said of it at the end: counts, and of every batch told once more. */
interface Ending {
  readonly told: Told[];
  counts: { impressions: number; clicks: number };
  again: { recorded: number; replayed: number; asked: number };
  leastFloor: number;
}

const CAMPAIGNS = ['marlo', 'lumen', 'tuppence', 'wayfare'];

function watched(platform: Platform & { close(): Promise<void> }, ending: Ending): Platform & { close(): Promise<void> } {
  return {
    ...platform,
    async tell(outcomes) {
      ending.told.push(...outcomes);
      const first = await platform.tell(outcomes);
      const { recorded, replayed } = await platform.tell(outcomes);
      ending.again = { recorded: ending.again.recorded + recorded, replayed: ending.again.replayed + replayed, asked: ending.again.asked + first.recorded };
      return first;
    },
    async close() {
      for (const campaign of CAMPAIGNS) {
        const { impressions, clicks } = await platform.counts(campaign);
        ending.counts = { impressions: ending.counts.impressions + impressions, clicks: ending.counts.clicks + clicks };
      }
      const explained = await platform.explain(ending.told.at(-1)!.served.decisionId);
      ending.leastFloor = Math.min(...explained.map(({ propensity }) => propensity));
      await platform.close();
    },
  };
}

describe('the platform in a simulated world', () => {
  let run: SimulationRun;
  const endings: Record<Arm, Ending> = { learning: newEnding(), still: newEnding() };
  beforeAll(async () => {
    const config = loadConfig({}, { writerModel: null });
    run = await simulate(
      SETTINGS,
      async (arm) => watched(await openPlatform(arm, { config, seed: SETTINGS.seed, today: SETTINGS.today, overrides: { scorer: wordScorer() } }), endings[arm]),
      () => undefined,
    );
  }, 120_000);

  it('is shown something at every visit, each time by a logged choice with its probability', () => {
    for (const { showings, empty } of Object.values(run.runs)) {
      expect(empty).toBe(0);
      expect(showings).toHaveLength(4 * SETTINGS.people * SETTINGS.rounds * SETTINGS.visits);
      for (const { propensity } of showings) {
        expect(propensity).toBeGreaterThan(0);
        expect(propensity).toBeLessThanOrEqual(1);
      }
    }
    for (const { leastFloor } of Object.values(endings)) expect(leastFloor).toBeGreaterThanOrEqual(0.02 / SETTINGS.creatives - 1e-12);
  });

  it('counts every outcome once, however often it is told', () => {
    for (const arm of ['learning', 'still'] as const) {
      const { showings, recorded, replayed } = run.runs[arm];
      const { counts, again, told } = endings[arm];
      const clicks = showings.filter(({ clicked }) => clicked).length;
      expect(replayed).toBe(0);
      expect(recorded).toBe(showings.length + clicks + told.filter(({ value }) => value !== null).length);
      expect(again).toEqual({ recorded: 0, replayed: recorded, asked: recorded });
      expect(counts).toEqual({ impressions: showings.length, clicks });
    }
  });

  it('moves its beliefs by what people did, and chooses by the model alone where it is told to', () => {
    const { beliefs } = run.runs.learning;
    expect(beliefs.some(({ mean }) => mean !== 0)).toBe(true);
    expect(beliefs.every(({ deviation }) => deviation <= 0.25 + 1e-9)).toBe(true);
    expect(beliefs.some(({ deviation }) => deviation < 0.25)).toBe(true);
    // Greedy but for the floor: a choice is either the model's or one of the few that are made evenly.
    for (const { propensity } of run.runs.still.showings) expect(propensity > 0.9 || propensity < 0.02).toBe(true);
    expect(run.runs.learning.showings.some(({ propensity }) => propensity > 0.1 && propensity < 0.9)).toBe(true);
  });

  it('meets the same people at the same visits in both arms, with the same luck', () => {
    const [a, b] = [run.runs.learning.showings, run.runs.still.showings];
    expect(a.map(({ person, round }) => `${person} ${round}`)).toEqual(b.map(({ person, round }) => `${person} ${round}`));
    const alike = a.filter((showing, i) => showing.text === b[i]!.text);
    expect(alike.length).toBeGreaterThan(0);
    a.forEach((showing, i) => {
      if (showing.text === b[i]!.text) expect(showing.clicked).toBe(b[i]!.clicked);
    });
  });

  it('is told of as a simulation', () => {
    expect(simulationTable(run.report)[0]).toMatch(/^simulation:/);
    expect(simulationTable(run.report).join()).not.toMatch(/NaN|undefined/);
    const chart = simulationChart(run.report);
    expect(chart).toContain('Simulation: click rate');
    expect(chart.match(/<polyline/g)).toHaveLength(2);
    expect(chart).not.toMatch(/NaN|undefined/);
  });
});

function newEnding(): Ending {
  return { told: [], counts: { impressions: 0, clicks: 0 }, again: { recorded: 0, replayed: 0, asked: 0 }, leastFloor: 0 };
}
