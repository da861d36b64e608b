import path from 'node:path';
import { Argument } from 'commander';
import { systemClock } from '../../base/clock';
import { COPY_FOLDERS } from '../../modules/training/ctr-data';
import { runTraining, TRAINABLE } from '../../modules/training/train-verb';
import { loadConfig, PROJECT_ROOT } from '../config';
import { createProgress } from '../progress';
import { line } from '../shell';
import { positiveNumber, wholeNumber, type RegisterVerb } from './verb';

interface TrainOptions {
  readonly data: string;
  readonly corpus?: string;
  readonly titles?: string;
  readonly base?: string;
  readonly output?: string;
  readonly checkpoints?: string;
  readonly seed?: number;
  readonly epochs?: number;
  readonly rate?: number;
  readonly threads?: number;
  readonly rank?: number;
  readonly json?: boolean;
}

export const registerTrain: RegisterVerb = (program, shell, finish) => {
  program
    .command('train')
    .description('Train a model. Interrupted, it goes on from its last checkpoint when run again.')
    .addArgument(new Argument('<what>', 'which model').choices(TRAINABLE))
    .requiredOption('--data <path>', 'folder of the data sets; for an adapter a CSV file of profile, text, clicked')
    .option('--corpus <directory>', 'folder of the copy corpus (models/writer/corpus)')
    .option('--titles <directory>', 'folder of titles by interest (models/ctr/titles)')
    .option('--base <directory>', 'model to start from (adapter: models/ctr); a base model starts from nothing without it')
    .option('--output <directory>', 'where the trained model goes')
    .option('--checkpoints <directory>', 'where a run keeps what it needs to go on')
    .option('--seed <number>', 'the same seed on the same data gives the same model', wholeNumber(0, 2_147_483_647))
    .option('--epochs <number>', 'passes over the data', positiveNumber)
    .option('--rate <number>', 'highest learning rate', positiveNumber)
    .option('--threads <number>', 'threads to compute on', wholeNumber(1, 1_024))
    .option('--rank <number>', 'rank of an adapter (8)', wholeNumber(1, 1_024))
    .option('--json', 'print the result as JSON')
    .action(async (what: string, options: TrainOptions) => {
      const { json, ...settings } = options;
      const progress = createProgress(shell, systemClock, `train ${what}`);
      try {
        const { output, result } = await runTraining(
          {
            what,
            ...settings,
            corpus: settings.corpus ?? path.join(PROJECT_ROOT, COPY_FOLDERS.corpus),
            titles: settings.titles ?? path.join(PROJECT_ROOT, COPY_FOLDERS.titles),
            base: settings.base ?? (what === 'adapter' ? path.join(PROJECT_ROOT, 'models', 'ctr') : undefined),
          },
          {
            dataDir: loadConfig().dataDir,
            signal: shell.signal,
            report: {
              note: (text) => progress.note(text),
              progress({ kind, step, steps, epoch, loss, tokensPerSecond, secondsLeft, evaluation }) {
                if (kind === 'evaluation') progress.note(`step ${step}: ${JSON.stringify(evaluation)}`);
                else progress.update(step / steps, `step ${step}/${steps} epoch ${epoch} loss ${loss.toFixed(4)} ${Math.round(tokensPerSecond)} tokens/s, ${Math.ceil(secondsLeft / 60)} min left`);
              },
            },
          },
        );
        progress.end();
        const { evaluation, steps, stoppedEarly } = result;
        if (json) line(shell.stdout, JSON.stringify({ output: path.resolve(output), steps, stoppedEarly, evaluation }));
        else line(shell.stdout, `${path.resolve(output)}: ${steps} steps${stoppedEarly ? ', stopped early' : ''}, ${JSON.stringify(evaluation)}`);
        finish(0);
      } finally {
        progress.end();
      }
    });
};
