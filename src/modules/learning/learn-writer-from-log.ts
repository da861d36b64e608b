import { AdloomError } from '../../base/errors';
import { checkInteger, checkNumber } from '../input/amounts';
import { learnWriter } from '../writer-learning/learn-writer';
import { TUNING } from '../writer-learning/train-writer-adapter';
import { loopReporter } from './loop-reporter';
import type { LearningRecipe } from './recipes';

/** The live writer tuned to the advertiser's winners, of all verticals together. What it asks of a candidate is writer-learning's. */
export const learnWriterFromLog: LearningRecipe = {
  ofVertical: false,
  revision: 'writer/1',
  defaults: TUNING,
  check(check, { epochs, rate }) {
    checkInteger(check, 'settings.epochs', epochs as number, 1, 50);
    checkNumber(check, 'settings.rate', rate as number, 1e-6, 0.1);
  },
  require({ modelVersionIds }) {
    if (modelVersionIds.writer === null) throw new AdloomError('CONFLICT', 'No writer is loaded that could be tuned.', { field: 'kind', hint: 'Set ADLOOM_WRITER_MODEL to a directory and start again.' });
  },
  async learn(deps, run, tools) {
    const { epochs, rate } = run.settings;
    const { version, verdicts, before, after, winners, fingerprint } = await learnWriter(deps, {
      directory: run.directory, seed: run.seed, epochs: epochs as number, rate: rate as number, threads: 1, report: loopReporter(tools), signal: tools.signal,
    });
    return {
      report: {
        passed: version !== null,
        verdicts,
        figures: { winners, ...after, ...Object.fromEntries(Object.entries(before).map(([name, value]) => [`live.${name}`, value as number])) },
      },
      dataFingerprint: fingerprint,
      modelVersionId: version?.id ?? null,
    };
  },
};
