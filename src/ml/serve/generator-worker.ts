/** The worker thread behind `open-generator.ts`. */
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../runtime/rpc';
import { WriterEngine } from '../transformers/writer-engine';
import { loadWriterModel } from '../transformers/writer-model';
import type { GenerateRequest, Generation } from './types';

export interface GeneratorWorkerData {
  reference: string;
  cache: string;
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
  const { reference, cache } = workerData as GeneratorWorkerData;
  const writer = await loadWriterModel(reference, cache);
  const engine = new WriterEngine(writer);
  return { ready: { id: writer.id, parameters: writer.parameters }, handle: (request, cancelled) => engine.generate(request, cancelled) };
});
