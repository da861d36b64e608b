import { writeFile } from 'node:fs/promises';
import { systemClock } from '../../base/clock';
import { AdloomError } from '../../base/errors';
import { simulate } from '../../modules/simulation/loop/simulate';
import { simulationChart } from '../../modules/simulation/loop/simulation-chart';
import { simulationTable } from '../../modules/simulation/loop/simulation-table';
import { loadConfig } from '../config';
import { createProgress } from '../progress';
import { line } from '../shell';
import { openPlatform } from '../simulate/open-platform';
import { wholeNumber, type RegisterVerb } from './verb';

interface SimulateOptions {
  readonly people: number;
  readonly rounds: number;
  readonly visits: number;
  readonly creatives: number;
  readonly seed: number;
  readonly corpus: string;
  readonly chart?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const HELP = `
A made-up world of people with hidden tastes: what comes out says whether the loop learns, not what people are like. The program runs
twice, each time behind its own HTTP server on an embedded database that is thrown away, and is asked by GraphQL alone: as it learns from
outcomes, and by its model alone.`;

export const registerSimulate: RegisterVerb = (program, shell, finish) => {
  program
    .command('simulate')
    .description('Run the whole platform in a simulated world, beside itself without learning, and print what learning is worth there.')
    .option('--people <number>', 'people of each of the four verticals', wholeNumber(1, 10_000), 60)
    .option('--rounds <number>', 'rounds, a day apart', wholeNumber(1, 100), 5)
    .option('--visits <number>', 'visits of each person in a round', wholeNumber(1, 1_000), 5)
    .option('--creatives <number>', 'pieces of copy of each campaign, at most', wholeNumber(2, 60), 8)
    .option('--seed <number>', 'of the world, the visits and the luck of clicks; choices keep a chance of their own', wholeNumber(0, 2_147_483_647), 1)
    .option('--corpus <directory>', 'folder of the copy corpus', 'models/writer/corpus')
    .option('--chart <file>', 'where to draw the rounds, as SVG')
    .option('--threads <number>', 'threads of the model', wholeNumber(1, 1_024))
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json, chart, threads, ...options }: SimulateOptions) => {
      const progress = createProgress(shell, systemClock, 'simulate');
      const config = loadConfig(undefined, { writerModel: null, ...(threads === undefined ? {} : { threads }) });
      const settings = { ...options, today: new Date('2026-01-05T09:00:00Z') };
      const { report } = await simulate(
        settings,
        (arm) => openPlatform(arm, { config, seed: options.seed, today: settings.today }),
        (arm, done, of) => {
          if (shell.signal.aborted) throw new AdloomError('CANCELLED', 'The simulation was interrupted.');
          progress.update(done / of, `${arm}: ${done} of ${of} visits`);
        },
      );
      progress.end();
      if (chart !== undefined) await writeFile(chart, simulationChart(report));
      if (json) line(shell.stdout, JSON.stringify(report));
      else for (const row of simulationTable(report)) line(shell.stdout, row);
      finish(0);
    });
};
