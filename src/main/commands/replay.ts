import { systemClock } from '../../base/clock';
import { parseColumnMap } from '../../modules/imports/column-map';
import { replayChart } from '../../modules/replay/replay-chart';
import { replayTable } from '../../modules/replay/replay-table';
import { runReplayVerb } from '../../modules/replay/replay-verb';
import { loadConfig } from '../config';
import { createProgress } from '../progress';
import { line } from '../shell';
import { requireChart, wholeNumber, writeChart, type RegisterVerb } from './verb';

interface ReplayOptions {
  readonly map?: string;
  readonly seeds: number;
  readonly model?: string;
  readonly threads?: number;
  readonly chart?: string;
  readonly json?: boolean;
}

export const registerReplay: RegisterVerb = (program, shell, finish) => {
  program
    .command('replay')
    .description('Play headline tests again: how many clicks our choice of arms loses, beside an even split, A/B tests, KL-UCB and Thompson sampling.')
    .argument('<file>', 'CSV with clickability_test_id, headline, impressions, clicks, and eyecatcher_id (the image) where arms differ by it')
    .option('--map <field=column,...>', 'columns by field, where they are named otherwise')
    .option('--seeds <number>', 'runs of each test by each policy', wholeNumber(1, 100), 1)
    .option('--model <directory>', "classifier for its own test split (ADLOOM_CTR_MODEL, else models/ctr); 'none' leaves that part out")
    .option('--threads <number>', 'threads of the model', wholeNumber(1, 1_024))
    .option('--chart <file>', 'also write a chart, as SVG')
    .option('--json', 'print the figures as JSON')
    .action(async (file: string, options: ReplayOptions) => {
      shell.endAtSignals?.();
      if (options.chart !== undefined) await requireChart(options.chart);
      const config = loadConfig();
      const progress = createProgress(shell, systemClock, 'replay');
      const model = options.model === 'none' ? null : (options.model ?? config.ctrModel?.reference ?? null);
      const map = options.map === undefined ? {} : parseColumnMap(options.map);
      const report = await runReplayVerb({ file, map, seeds: options.seeds, model, threads: options.threads ?? config.threads }, { note: (text) => progress.note(text), signal: shell.signal });
      if (options.json) line(shell.stdout, JSON.stringify(report));
      else for (const row of replayTable(report)) line(shell.stdout, row);
      if (options.chart !== undefined) await writeChart(options.chart, replayChart(report.all, `Regret beside an even split, ${report.tests} headline tests`));
      finish(0);
    });
};
