import path from 'node:path';
import { badInput } from '../../base/errors';
import { workerEntry } from '../../base/worker-entry';
import type { Logger } from '../../base/logger';
import type { Device } from '../runtime/devices';
import { KeptWorker } from '../runtime/keep-worker';
import { placeOf, startWorker } from '../runtime/rpc';
import type { GeneratorReady, GeneratorReply, GeneratorWorkerData } from './generator-worker';
import type { WriterEngineName } from './open-language-model';
import { MOST_GENERATIONS, type GenerateRequest, type Generator } from './types';

export interface OpenGeneratorOptions {
  /** Where prepared and downloaded model files are kept. */
  cache: string;
  /** Our own graphs where they can run the model, unless told. */
  engine?: WriterEngineName;
  /** Where it runs; the cpu when absent. One that is lost later is left for the cpu. */
  device?: Device;
  /** Hears of threads and devices that were lost. */
  logger?: Logger;
}

/**
 * Opens a language model in a worker thread.
 * @param reference a directory in Hugging Face layout, or the name of a model on the hub
 * @throws MODEL_UNAVAILABLE, MODEL_INVALID, DEVICE_UNAVAILABLE
 */
export async function openGenerator(reference: string, { cache, engine, device = 'cpu', logger }: OpenGeneratorOptions): Promise<Generator> {
  const name = path.basename(reference);
  const worker = await KeptWorker.open({
    name,
    device,
    logger,
    start(on) {
      const data: GeneratorWorkerData = { reference, cache, device: on, ...(engine && { engine }) };
      return startWorker<GeneratorReady, GenerateRequest, GeneratorReply>(workerEntry(__dirname, 'generator-worker'), data, placeOf(on));
    },
  });
  const { id, parameters } = worker.ready;
  return {
    get identity() {
      return { id, kind: 'writer' as const, name, directory: reference, device: worker.device, parameters };
    },
    async generate(request, { signal } = {}) {
      checkRequest(request);
      const { generations, device: _, ...timing } = await worker.call(request, signal);
      return { generations, timing };
    },
    close: () => worker.close(),
  };
}

function checkRequest({ count, maxGraphemes, maxTokens = 1, temperature = 1, topP = 1 }: GenerateRequest): void {
  const inRange = (field: string, value: number, low: number, high: number, whole: boolean): void => {
    if (!(value >= low && value <= high) || (whole && !Number.isInteger(value))) {
      throw badInput(field, `${field} must be ${whole ? 'a whole number' : 'a number'} from ${low} to ${high}, not ${value}.`);
    }
  };
  inRange('count', count, 1, MOST_GENERATIONS, true);
  inRange('maxGraphemes', maxGraphemes, 1, 10_000, true);
  inRange('maxTokens', maxTokens, 1, 512, true);
  inRange('temperature', temperature, 0, 5, false);
  inRange('topP', topP, 0.01, 1, false);
}
