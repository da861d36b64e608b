import { parseColumnMap } from '../../modules/imports/column-map';
import { opeTable } from '../../modules/off-policy/ope-table';
import { runOpe } from '../../modules/off-policy/ope-verb';
import { line } from '../shell';
import { wholeNumber, type RegisterVerb } from './verb';

interface OpeOptions {
  readonly evaluationPolicy: string;
  readonly policyLog?: string;
  readonly map?: string;
  readonly context?: string;
  readonly perPosition?: boolean;
  readonly bootstrap: number;
  readonly seed: number;
  readonly json?: boolean;
}

const HELP = `
Evaluation policies:
  uniform                every action alike
  best-item              the action that earned most, learned on the half of the log that the row is not in
  log                    how often --policy-log shows each action at each position; bernoulli-ts is the same
  bernoulli-ts:<csv>     Thompson sampling from priors: columns action, alpha, beta
  file:<csv>             columns action, probability and, where it differs, position

The log is a CSV, packed with gzip or not. Open Bandit's columns (item_id, click, propensity_score, position) are known; of others --map
says which hold action, reward, propensity and, where there are several places, position. Actions at different positions are different actions.

Examples:
  adloom ope random.csv --evaluation-policy bernoulli-ts --policy-log bts.csv
  adloom ope decisions.csv --evaluation-policy file:new.csv --map action=creative,reward=click --context device,country`;

export const registerOpe: RegisterVerb = (program, shell, finish) => {
  program
    .command('ope')
    .description('Off-policy evaluation: what another policy would have earned, from the log of the one that ran.')
    .argument('<csv>', 'log of decisions with their propensities')
    .requiredOption('--evaluation-policy <policy>', 'the policy to evaluate')
    .option('--policy-log <csv>', "the evaluation policy's own log: what it earned there is the truth to compare with")
    .option('--map <field=column,...>', 'columns by field, where they are named otherwise')
    .option('--context <column,...>', 'columns that the reward model may use')
    .option('--per-position', 'each position by itself too')
    .option('--bootstrap <number>', 'resamples of the intervals', wholeNumber(100, 100_000), 1_000)
    .option('--seed <number>', 'seed of folds, draws and resamples', wholeNumber(0, 4_294_967_295), 1)
    .option('--json', 'print the report as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, options: OpeOptions) => {
      shell.endAtSignals?.();
      const report = await runOpe({
        file,
        policy: options.evaluationPolicy,
        ...(options.policyLog === undefined ? {} : { policyLog: options.policyLog }),
        map: options.map === undefined ? {} : parseColumnMap(options.map),
        context: options.context?.split(',').map((column) => column.trim()) ?? null,
        perPosition: options.perPosition === true,
        replicates: options.bootstrap,
        seed: options.seed,
      });
      if (options.json) line(shell.stdout, JSON.stringify(report));
      else for (const row of opeTable(report)) line(shell.stdout, row);
      finish(0);
    });
};
