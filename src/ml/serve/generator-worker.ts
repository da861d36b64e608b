/** The worker thread behind `open-generator.ts`. */
import { workerData } from 'node:worker_threads';
import type { Device } from '../runtime/devices';
import { serveWorker } from '../runtime/rpc';
import { openLanguageModel, type WriterEngineName } from './open-language-model';
import { WriterEngine } from './writer-engine';
import type { GenerateRequest, Generation } from './types';

export interface GeneratorWorkerData {
  reference: string;
  cache: string;
  engine?: WriterEngineName;
  device: Device;
}

export interface GeneratorReady {
  id: string;
  parameters: number;
}

export interface GeneratorReply {
  generations: Generation[];
  tokeniseMs: number;
  inferenceMs: number;
}

serveWorker<GeneratorReady, GenerateRequest, GeneratorReply>(async () => {
  const { reference, cache, engine: name, device } = workerData as GeneratorWorkerData;
  const model = await openLanguageModel(reference, cache, { engine: name, device });
  const engine = new WriterEngine(model);
  return { ready: { id: model.id, parameters: model.parameters }, handle: (request, cancelled) => engine.generate(request, cancelled) };
});
