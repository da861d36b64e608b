import path from 'node:path';
import { AdloomError, isAdloomError } from '../base/errors';
import type { Logger } from '../base/logger';
import { openGenerator } from '../ml/serve/open-generator';
import { openPreciseScorer } from '../ml/serve/open-precise-scorer';
import type { Generator, ModelIdentity, Scorer } from '../ml/serve/types';
import type { Config, ModelChoice } from './config';
import { openOnDevice } from './engine-device';

/** A model, and whether it is a real one: a stand-in refuses every call, so that the rest of the program needs no second path. */
export interface Opened<Model> {
  readonly model: Model;
  readonly real: boolean;
}

export function openConfiguredScorer(config: Config, logger: Logger): Promise<Opened<Scorer>> {
  const { threads, precision, rememberedBytes, deviceBufferBytes } = config;
  return open(config.ctrModel, 'ADLOOM_CTR_MODEL', logger, absentScorer, async (reference) => {
    const scorer = await openOnDevice(config.device, logger, (device) => openPreciseScorer(reference, { threads, precision, rememberedBytes, deviceBufferBytes, device, logger })).catch((error: unknown) => {
      if (!isAdloomError(error) || error.field !== 'precision') throw error;
      throw new AdloomError(error.code, error.message, { field: 'ENGINE_PRECISION', hint: error.hint, cause: error });
    });
    const { used, why } = scorer.identity.precision!;
    logger.info('precision of the classifier', { precision: used, why });
    return scorer;
  });
}

export function openConfiguredGenerator(config: Config, logger: Logger): Promise<Opened<Generator>> {
  return open(config.writerModel, 'ADLOOM_WRITER_MODEL', logger, absentGenerator, (reference) => openWriter(reference, config, logger));
}

/** A writer of a directory or the hub, on the configured device. */
export function openWriter(reference: string, config: Config, logger: Logger): Promise<Generator> {
  return openOnDevice(config.device, logger, (device) => openGenerator(reference, { cache: path.join(config.dataDir, 'models'), device, logger }));
}

/** The shipped default may be missing; what somebody asked for by name, or what is there and broken, stops the start. */
async function open<Model>(
  choice: ModelChoice | null,
  setting: string,
  logger: Logger,
  standIn: (why: AdloomError) => Model,
  openReal: (reference: string) => Promise<Model>,
): Promise<Opened<Model>> {
  if (choice === null) {
    return { model: standIn(new AdloomError('MODEL_UNAVAILABLE', `No model: ${setting} is none.`, { hint: `Set ${setting} to a model directory and start again.` })), real: false };
  }
  try {
    return { model: await openReal(choice.reference), real: true };
  } catch (error) {
    if (choice.required || !isAdloomError(error) || error.code !== 'MODEL_UNAVAILABLE') throw error;
    logger.warn('a model is missing; what needs it will be refused', { setting, directory: choice.reference });
    const hint = `Set ${setting} to a model directory, or train one with adloom train, and start again.`;
    return { model: standIn(new AdloomError('MODEL_UNAVAILABLE', `There is no model at ${choice.reference}.`, { hint })), real: false };
  }
}

function absentIdentity(kind: ModelIdentity['kind']): ModelIdentity {
  return { id: 'absent', kind, name: 'absent', directory: '', device: 'none', parameters: 0 };
}

export function absentScorer(why: AdloomError): Scorer {
  const refuse = (): Promise<never> => Promise.reject(why);
  return { identity: absentIdentity('classifier'), score: refuse, scoreMany: refuse, explain: refuse, close: () => Promise.resolve() };
}

export function absentGenerator(why: AdloomError): Generator {
  return { identity: absentIdentity('writer'), generate: () => Promise.reject(why), close: () => Promise.resolve() };
}
