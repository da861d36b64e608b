import { systemClock } from '../../base/clock';
import { AdloomError } from '../../base/errors';
import { simulate } from '../../modules/simulation/loop/simulate';
import { simulationChart } from '../../modules/simulation/loop/simulation-chart';
import { simulationTable } from '../../modules/simulation/loop/simulation-table';
import { loadConfig } from '../config';
import { createProgress } from '../progress';
import { line } from '../shell';
import { openPlatform } from '../simulate/open-platform';
import { corpusOption, requireChart, wholeNumber, writeChart, type RegisterVerb } from './verb';

interface SimulateOptions {
  readonly people: number;
  readonly rounds: number;
  readonly visits: number;
  readonly creatives: number;
  readonly retrain: boolean;
  readonly newCopy: number;
  readonly seed: number;
  readonly corpus: string;
  readonly database?: string;
  readonly chart?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const HELP = `
A made-up world of people with hidden tastes: what comes out says whether the loop learns, not what people are like. The program runs
twice, each time behind its own HTTP server on a database that is thrown away, and is asked by GraphQL alone: as it learns (from outcomes,
by training between rounds, which begins where its gate has enough to judge by, and with copy that its writer adds), and by its model
alone. Lifts are over the better of that and of choosing evenly among the first copy.`;

export const registerSimulate: RegisterVerb = (program, shell, finish) => {
  program
    .command('simulate')
    .description('Run the whole platform in a simulated world, beside its model alone and choosing evenly, and print what learning is worth there.')
    .option('--people <number>', 'people of each of the four verticals', wholeNumber(1, 10_000), 60)
    .option('--rounds <number>', 'rounds, a day apart', wholeNumber(1, 100), 5)
    .option('--visits <number>', 'visits of each person in a round', wholeNumber(1, 1_000), 5)
    .option('--creatives <number>', 'pieces of copy of each campaign, at most', wholeNumber(2, 60), 8)
    .option('--no-retrain', 'train no classifier between rounds')
    .option('--new-copy <number>', 'pieces of copy that the writer adds to each campaign between two rounds; 0 adds none', wholeNumber(0, 40), 4)
    .option('--seed <number>', 'of the world, the visits and the luck of clicks; choices keep a chance of their own', wholeNumber(0, 2_147_483_647), 1)
    .addOption(corpusOption('folder of the copy corpus'))
    .option('--database <url>', 'PostgreSQL server to make databases on that are thrown away; the embedded one when absent')
    .option('--chart <file>', 'where to draw the rounds, as SVG')
    .option('--threads <number>', 'threads of the model', wholeNumber(1, 1_024))
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json, chart, threads, database, ...options }: SimulateOptions) => {
      if (chart !== undefined) await requireChart(chart);
      const progress = createProgress(shell, systemClock, 'simulate');
      const config = loadConfig(undefined, threads === undefined ? {} : { threads });
      const settings = { ...options, today: new Date('2026-01-05T09:00:00Z') };
      const { report } = await simulate(
        settings,
        (arm) => openPlatform(arm, { config: arm === 'learning' && options.newCopy > 0 ? config : { ...config, writerModel: null }, seed: options.seed, today: settings.today, server: database, signal: shell.signal }),
        (arm, done, of) => {
          if (shell.signal.aborted) throw new AdloomError('CANCELLED', 'The simulation was interrupted.');
          progress.update(done / of, `${arm}: ${done} of ${of} visits`);
        },
      );
      progress.end();
      if (json) line(shell.stdout, JSON.stringify(report));
      else for (const row of simulationTable(report)) line(shell.stdout, row);
      if (chart !== undefined) await writeChart(chart, simulationChart(report));
      finish(0);
    });
};
