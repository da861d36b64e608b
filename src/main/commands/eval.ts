import { systemClock } from '../../base/clock';
import { evaluationTable, runEvaluation } from '../../modules/training/eval-verb';
import { loadConfig } from '../config';
import { engineDevice } from '../engine-device';
import { createProgress } from '../progress';
import { line } from '../shell';
import { wholeNumber, type RegisterVerb } from './verb';

interface EvalOptions {
  readonly data: string;
  readonly model?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

export const registerEval: RegisterVerb = (program, shell, finish) => {
  program
    .command('eval')
    .description('Hold the classifier against its yardstick on data it has not seen, and print the table.')
    .requiredOption('--data <directory>', 'folder of the data sets')
    .option('--model <directory>', 'classifier to evaluate (ADLOOM_CTR_MODEL, else models/ctr)')
    .option('--threads <number>', 'threads of the model', wholeNumber(1, 1_024))
    .option('--json', 'print the figures as JSON')
    .action(async (options: EvalOptions) => {
      const config = loadConfig();
      const progress = createProgress(shell, systemClock, 'eval');
      const { device } = await engineDevice(config.device);
      const report = await runEvaluation(
        { data: options.data, model: options.model ?? config.ctrModel?.reference ?? 'models/ctr', threads: options.threads ?? config.threads, device },
        { note: (text) => progress.note(text), signal: shell.signal },
      );
      if (options.json) line(shell.stdout, JSON.stringify(report));
      else for (const row of evaluationTable(report)) line(shell.stdout, row);
      finish(0);
    });
};
