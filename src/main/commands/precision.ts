import path from 'node:path';
import { systemClock } from '../../base/clock';
import { precisionTable, runPrecision } from '../../modules/training/precision-verb';
import { COPY_FOLDERS } from '../../modules/training/ctr-data';
import { loadConfig, PROJECT_ROOT } from '../config';
import { createProgress } from '../progress';
import { line } from '../shell';
import { wholeNumber, type RegisterVerb } from './verb';

interface PrecisionOptions {
  readonly model?: string;
  readonly corpus?: string;
  readonly titles?: string;
  readonly threads?: number;
  readonly groups?: number;
  readonly json?: boolean;
}

export const registerPrecision: RegisterVerb = (program, shell, finish) => {
  program
    .command('precision')
    .description('Judge the 8-bit and 16-bit builds of the classifier against float32, and keep the report beside it: serving goes by it.')
    .option('--model <directory>', 'classifier to judge (ADLOOM_CTR_MODEL, else models/ctr)')
    .option('--corpus <directory>', 'folder of the copy corpus (models/writer/corpus)')
    .option('--titles <directory>', 'folder of titles by interest (models/ctr/titles)')
    .option('--threads <number>', 'threads of the model', wholeNumber(1, 1_024))
    .option('--groups <number>', 'groups to judge on (1000)', wholeNumber(1, 100_000))
    .option('--json', 'print the figures as JSON')
    .action(async ({ model, corpus, titles, threads, groups, json }: PrecisionOptions) => {
      const config = loadConfig();
      const progress = createProgress(shell, systemClock, 'precision');
      progress.note('scoring the fixed groups with every build');
      const copy = { corpus: corpus ?? path.join(PROJECT_ROOT, COPY_FOLDERS.corpus), titles: titles ?? path.join(PROJECT_ROOT, COPY_FOLDERS.titles) };
      const directory = model ?? config.ctrModel?.reference ?? path.join(PROJECT_ROOT, 'models', 'ctr');
      const report = await runPrecision({ model: directory, copy, threads: threads ?? config.threads, judged: groups }, { signal: shell.signal });
      if (json) line(shell.stdout, JSON.stringify({ model: report.model, set: report.set, builds: report.builds }));
      else for (const row of precisionTable(report)) line(shell.stdout, row);
      finish(0);
    });
};
