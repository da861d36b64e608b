import { scoreLines } from '../../modules/bulk/score-lines';
import { loadConfig } from '../config';
import { openNamedScorer } from '../open-named-model';
import { streamAnswers } from './bulk';
import { wholeNumber, type RegisterVerb } from './verb';

interface ScoreOptions {
  readonly model?: string;
  readonly threads?: number;
  readonly quiet?: boolean;
}

const HELP = `
Reads JSON lines on standard input and writes one line for each, in order, as they come:
  {"profile": "Skarn mud shoe | Ridge vest", "text": "Mud is part of the plan"}   ->   {"pClick":0.0123,"logit":-4.39}
  profile: titles of recent items joined by " | ", newest last; may be empty or absent.
A line that cannot be scored is answered by {"error": {"code", "line", "field", "message"}}, and the exit code is 3.

Example:
  adloom score < pairs.jsonl > scores.jsonl`;

export const registerScore: RegisterVerb = (program, shell, finish) => {
  program
    .command('score')
    .description('Score how likely people are to click texts: JSON lines in, JSON lines out.')
    .option('--model <directory>', 'classifier to use (ADLOOM_CTR_MODEL, else models/ctr)')
    .option('--threads <number>', 'threads of the model (ADLOOM_THREADS, else all cores)', wholeNumber(1, 1_024))
    .option('--json', 'accepted for likeness with other verbs: the output is JSON anyway')
    .option('--quiet', 'no progress on standard error')
    .addHelpText('after', HELP)
    .action(async (options: ScoreOptions) => {
      const scorer = await openNamedScorer(loadConfig(), options);
      try {
        finish(await streamAnswers(shell, 'score', (source, counts) => scoreLines(scorer, source, counts, shell.signal), { quiet: options.quiet === true }));
      } finally {
        await scorer.close();
      }
    });
};
