import { generateLines } from '../../modules/bulk/generate-lines';
import { loadConfig } from '../config';
import { openNamedGenerator } from '../open-named-model';
import { streamAnswers } from './bulk';
import type { RegisterVerb } from './verb';

interface GenerateOptions {
  readonly model?: string;
  readonly quiet?: boolean;
}

const HELP = `
Reads JSON lines on standard input and writes one line for each, in order:
  {"vertical": "ecommerce", "format": "headline", "tone": "playful", "interests": ["trail running"],
   "facts": {"product": "Skarn Ridge", "offer": "20% off this week"}, "count": 5, "seed": 1}       (in one line)
  ->  {"texts": [{"text": "...", "template": "...", "interest": "...", "logProbability": -1.2}], "rejected": {"length": 1}}
  vertical  ecommerce, education, finance, travel, media or other        format  headline, body or call to action
  tone      playful, warm, confident, plain, premium or urgent           facts   product, brand, offer, price, feature
Numbers, prices and names come from the facts and from nowhere else. The same line gives the same copy.
A line that cannot be read is answered by {"error": {...}}, and the exit code is 3.

Example:
  echo '{"vertical":"travel","interests":["diving"],"facts":{"product":"Saltline Bay"}}' | adloom generate`;

export const registerGenerate: RegisterVerb = (program, shell, finish) => {
  program
    .command('generate')
    .description('Write ad copy: JSON lines in, JSON lines out.')
    .option('--model <reference>', 'directory or hub name of the writer (ADLOOM_WRITER_MODEL, else models/writer)')
    .option('--json', 'accepted for likeness with other verbs: the output is JSON anyway')
    .option('--quiet', 'no progress on standard error')
    .addHelpText('after', HELP)
    .action(async (options: GenerateOptions) => {
      const generator = await openNamedGenerator(loadConfig(), options);
      try {
        finish(await streamAnswers(shell, 'generate', (source, counts) => generateLines(generator, source, counts, shell.signal), { quiet: options.quiet === true }));
      } finally {
        await generator.close();
      }
    });
};
