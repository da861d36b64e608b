import { jsonLogger, type Logger } from '../base/logger';
import { systemClock } from '../base/clock';
import type { Generator, Scorer } from '../ml/serve/types';
import type { Config, ModelChoice } from './config';
import { openConfiguredGenerator, openConfiguredScorer, type Opened } from './open-models';

/** The classifier for a command that is nothing without it: the one named, else the configured one; a missing model is an error. */
export async function openNamedScorer(config: Config, options: { model?: string; threads?: number }): Promise<Scorer> {
  const threads = options.threads ?? config.threads;
  return opened(await openConfiguredScorer({ ...config, threads, ctrModel: choice(options.model, config.ctrModel) }, quietLogger()), (model) =>
    model.score({ prefix: '', texts: [''] }),
  );
}

export async function openNamedGenerator(config: Config, options: { model?: string }): Promise<Generator> {
  return opened(await openConfiguredGenerator({ ...config, writerModel: choice(options.model, config.writerModel) }, quietLogger()), (model) =>
    model.generate({ prompt: '', count: 1, seed: 0, maxGraphemes: 1, placeholders: {}, bannedWords: [] }),
  );
}

function choice(named: string | undefined, configured: ModelChoice | null): ModelChoice | null {
  if (named !== undefined) return { reference: named, required: true };
  return configured;
}

/** A stand-in refuses every call with the reason; asking it once tells the reason here. */
async function opened<Model>({ model, real }: Opened<Model>, ask: (model: Model) => Promise<unknown>): Promise<Model> {
  if (!real) await ask(model);
  return model;
}

/** The refusal says what is missing; a warning before it would say it twice. */
function quietLogger(): Logger {
  return jsonLogger('error', () => systemClock.now());
}
