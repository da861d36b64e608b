/** The loop closes: a small world, the whole program behind HTTP, asked by GraphQL alone. */
import { join } from 'node:path';
import { loadConfig } from '../../src/main/config';
import { graphqlClient } from '../../src/main/simulate/graphql-client';
import { retrainBy } from '../../src/main/simulate/graphql-improving';
import { openPlatform } from '../../src/main/simulate/open-platform';
import { openScorer } from '../../src/ml/serve/open-scorer';
import type { Platform, Told } from '../../src/modules/simulation/loop/platform';
import { simulate, type Arm, type SimulationRun } from '../../src/modules/simulation/loop/simulate';
import { simulationChart } from '../../src/modules/simulation/loop/simulation-chart';
import { simulationTable } from '../../src/modules/simulation/loop/simulation-table';
import { CTR } from '../ml/serve/model-directories';
import { writeMarketLog } from '../modules/learning/market-log';
import { openTestApp } from '../support/test-app';
import { lineGenerator } from '../support/word-models';

const SETTINGS = { seed: 5, people: 3, rounds: 2, visits: 4, creatives: 4, retrain: true, newCopy: 3, today: new Date('2026-01-05T09:00:00Z'), corpus: join(__dirname, '..', '..', 'models', 'writer', 'corpus') };

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
      async (arm) => watched(await openPlatform(arm, { config, seed: SETTINGS.seed, today: SETTINGS.today, overrides: { scorer: await openScorer(CTR, { threads: 1 }), generator: lineGenerator() } }), endings[arm]),
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
    for (const { leastFloor } of Object.values(endings)) expect(leastFloor).toBeGreaterThanOrEqual(0.02 / (SETTINGS.creatives + SETTINGS.newCopy) - 1e-12);
  });

  it('counts every outcome once, however often it is told', () => {
    for (const arm of ['learning', 'still'] as const) {
      const { recorded, replayed } = run.runs[arm];
      const { counts, again, told } = endings[arm];
      const clicks = told.filter(({ clicked }) => clicked).length;
      expect(replayed).toBe(0);
      expect(recorded).toBe(told.length + clicks + told.filter(({ value }) => value !== null).length);
      expect(again).toEqual({ recorded: 0, replayed: recorded, asked: recorded });
      expect(counts).toEqual({ impressions: told.length, clicks });
    }
    const visitors = 4 * SETTINGS.people;
    expect(endings.learning.told).toHaveLength(visitors * SETTINGS.rounds * SETTINGS.visits);
    // The model alone says the same at each visit: it is asked once a round.
    expect(endings.still.told).toHaveLength(visitors * SETTINGS.rounds);
  });

  it('is trained between rounds, and told why the gate lets nothing through that little was seen of', () => {
    const [improvement, ...more] = run.runs.learning.improvements;
    expect(more).toEqual([]);
    expect(improvement!.round).toBe(1);
    expect(improvement!.retrained.map(({ vertical }) => vertical)).toEqual(['ECOMMERCE', 'EDUCATION', 'FINANCE', 'TRAVEL']);
    for (const { status, unmet, live } of improvement!.retrained) {
      expect({ status, live }).toEqual({ status: 'REFUSED', live: null });
      expect(unmet.join()).toMatch(/enough data: required 200 held-out decisions/);
    }
    expect(run.runs.still.improvements).toEqual([]);
  });

  it('has copy written between rounds for what its people follow, and chooses among old and new from then on', () => {
    const { improvements, showings, texts } = run.runs.learning;
    const written = improvements[0]!.copy.flatMap((copy) => copy.texts);
    expect(written.length).toBeGreaterThan(4);
    for (const { interests } of improvements[0]!.copy) expect(interests.length).toBeGreaterThan(0);
    const shown = (round: number): number => showings.filter((each) => each.round === round && written.includes(each.text)).length;
    expect(shown(1)).toBe(0);
    expect(shown(2)).toBeGreaterThan(0);
    expect(Object.values(texts).flat().some((text) => written.includes(text))).toBe(false);
    expect(run.report.copy).toEqual([expect.objectContaining({ round: 1, joined: written.length, share: shown(2) / (showings.length / 2) })]);
    expect(run.report.bestOfAll).toBeGreaterThanOrEqual(run.report.best);
  });

  it('is held against the better of its model alone and of choosing evenly', () => {
    const { comparison } = run.report;
    const mean = (showings: readonly { chance: number }[]): number => showings.reduce((sum, { chance }) => sum + chance, 0) / showings.length;
    const rivals = { still: mean(run.runs.still.showings), even: mean(run.even) };
    expect(rivals[comparison.rival]).toBe(Math.max(...Object.values(rivals)));
    expect(comparison.overall.expected.lift).toBeCloseTo(mean(run.runs.learning.showings) / rivals[comparison.rival] - 1, 12);
    const counts = new Map<string, number>();
    for (const { text } of run.even) counts.set(text, (counts.get(text) ?? 0) + 1);
    expect(counts.size).toBe(4 * SETTINGS.creatives);
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

  it.each(['still', 'even'] as const)('meets the same people at the same visits with the same luck as its rival: %s', (rival) => {
    const [a, b] = [run.runs.learning.showings, rival === 'still' ? run.runs.still.showings : run.even];
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
    expect(chart.match(/<polyline/g)).toHaveLength(3);
    expect(chart).not.toMatch(/NaN|undefined/);
  });
});

describe('training by GraphQL alone', () => {
  it('makes live what the gate passed', async () => {
    const scorer = await openScorer(CTR, { threads: 1 });
    const t = await openTestApp({ overrides: { scorer } });
    try {
      const end = await writeMarketLog(t.app.deps, { vertical: 'TRAVEL', decisions: 3_600, runners: 1 });
      t.clock.advance(end.getTime() - t.clock.now().getTime());
      const [run] = await retrainBy(graphqlClient(t.url), ['TRAVEL'], { seed: 3 });
      expect(run).toMatchObject({ vertical: 'TRAVEL', status: 'SUCCEEDED', unmet: [], live: expect.stringContaining('travel') });
      expect(run!.figures['candidateLogLoss']).toBeLessThan(run!.figures['liveLogLoss']!);
      expect(t.app.deps.liveModels.classifier('TRAVEL')?.adapter).toBeDefined();
      expect(t.app.deps.liveModels.classifier('FINANCE')?.adapter).toBeUndefined();
    } finally {
      await t.close();
      await scorer.close();
    }
  }, 60_000);
});

function newEnding(): Ending {
  return { told: [], counts: { impressions: 0, clicks: 0 }, again: { recorded: 0, replayed: 0, asked: 0 }, leastFloor: 0 };
}
