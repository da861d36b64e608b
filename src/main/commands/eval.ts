import path from 'node:path';
import { Argument } from 'commander';
import { systemClock } from '../../base/clock';
import { badInput } from '../../base/errors';
import { evaluateTransfer, PROMISED_SIZE } from '../../modules/simulation/transfer/evaluate-transfer';
import { transferTable } from '../../modules/simulation/transfer/transfer-table';
import { COPY_FOLDERS } from '../../modules/training/ctr-data';
import { evaluationTable, runEvaluation } from '../../modules/training/eval-verb';
import { loadConfig, PROJECT_ROOT } from '../config';
import { engineDevice } from '../engine-device';
import { createProgress, type Progress } from '../progress';
import { line, type Shell } from '../shell';
import { corpusOption, wholeNumber, type RegisterVerb } from './verb';

interface EvalOptions {
  readonly data?: string;
  readonly model?: string;
  readonly threads?: number;
  readonly json?: boolean;
  readonly corpus: string;
  readonly seed: number;
  readonly established: number;
  readonly outcomes: number;
  readonly people: number;
  readonly draws: number;
}

/** Verticals of long standing have shown all copy that there is. */
const ALL_COPY = 10_000;

const HELP = `
classifier: the shipped classifier beside TF-IDF and ridge on the test split of the data sets; needs --data.
transfer:   adapters of a new vertical by how many outcomes they saw, in a simulated world of four verticals. What is common to all
            verticals there is a setting of the world, not a finding: the table has several.`;

export const registerEval: RegisterVerb = (program, shell, finish) => {
  program
    .command('eval')
    .description('Hold the classifier against its yardstick on data it has not seen, or its adapters against the truth of a simulated world.')
    .addArgument(new Argument('[what]', 'what to evaluate').choices(['classifier', 'transfer']).default('classifier'))
    .option('--data <directory>', 'folder of the data sets (classifier)')
    .option('--model <directory>', 'classifier to evaluate (ADLOOM_CTR_MODEL, else models/ctr)')
    .addOption(corpusOption('folder of the copy corpus'))
    .option('--seed <number>', 'of people, histories and tastes (transfer)', wholeNumber(0, 2_147_483_647), 1)
    .option('--outcomes <number>', 'logged outcomes of each vertical (transfer)', wholeNumber(2_000, 1_000_000), 20_000)
    .option('--people <number>', 'people of each vertical that they are of (transfer)', wholeNumber(12, 10_000), 120)
    .option('--established <number>', 'outcomes of each vertical that was there before (transfer)', wholeNumber(2_000, 10_000_000), 100_000)
    .option('--draws <number>', 'worlds of other tastes that the figures are means of (transfer)', wholeNumber(1, 100), 3)
    .option('--threads <number>', 'threads of the model', wholeNumber(1, 1_024))
    .option('--json', 'print the figures as JSON')
    .addHelpText('after', HELP)
    .action(async (what: string, options: EvalOptions) => {
      const progress = createProgress(shell, systemClock, `eval ${what}`);
      const { report, table } = what === 'transfer' ? await transfer(options, shell, progress) : await classifier(options, shell, progress);
      if (options.json) line(shell.stdout, JSON.stringify(report));
      else for (const row of table) line(shell.stdout, row);
      finish(0);
    });
};

interface Evaluated {
  readonly report: object;
  readonly table: readonly string[];
}

async function classifier({ data, model, corpus, threads }: EvalOptions, shell: Shell, progress: Progress): Promise<Evaluated> {
  if (data === undefined) throw badInput('--data', 'The classifier is evaluated on data sets, and --data is absent.', 'Give --data <directory>, the folder of the data sets.');
  const config = loadConfig();
  const { device } = await engineDevice(config.device);
  const report = await runEvaluation(
    {
      data, model: model ?? config.ctrModel?.reference ?? path.join(PROJECT_ROOT, 'models', 'ctr'), threads: threads ?? config.threads, device,
      copy: { corpus, titles: path.join(PROJECT_ROOT, COPY_FOLDERS.titles) },
    },
    { note: (text) => progress.note(text), signal: shell.signal },
  );
  return { report, table: evaluationTable(report) };
}

async function transfer({ model, threads, corpus, seed, outcomes, established, people, draws }: EvalOptions, shell: Shell, progress: Progress): Promise<Evaluated> {
  const config = loadConfig();
  const report = await evaluateTransfer(
    {
      model: model ?? config.ctrModel?.reference ?? path.join(PROJECT_ROOT, 'models', 'ctr'), corpus, threads: threads ?? config.threads, seed, draws, people,
      texts: 12, shows: Math.ceil(outcomes / people), held: 80, pool: 64,
      established: { people: 2 * people, texts: 12, shows: Math.ceil(established / (2 * people)), pool: ALL_COPY },
      sizes: [100, 300, PROMISED_SIZE, 3_000, 10_000].filter((size) => size < outcomes), shares: [0.9, 0.7, 0.5],
    },
    { note: (text) => progress.note(text), signal: shell.signal },
  );
  return { report, table: transferTable(report) };
}
