/** The worker thread behind `open-scorer.ts`. */
import { workerData } from 'node:worker_threads';
import type { Device } from '../runtime/devices';
import { serveWorker } from '../runtime/rpc';
import type { Calibration } from './calibration';
import { readRankerDirectory } from './ranker-directory';
import type { AdapterCall, AdapterReply } from './scorer-adapters';
import type { TextLimits } from './score-parts';
import { ScorerEngine, type TextGroup } from './scorer-engine';

export interface ScorerWorkerData {
  directory: string;
  threads?: number;
  /** Memory for adapters. */
  adapterBytes: number;
  device: Device;
}

export interface ScorerReady {
  id: string;
  parameters: number;
  calibration: Calibration;
  limits: TextLimits;
}

export interface ScorerCall {
  groups: readonly TextGroup[];
}

export interface ScorerReply {
  logits: Float32Array;
  tokeniseMs: number;
  inferenceMs: number;
}

serveWorker<ScorerReady, ScorerCall | AdapterCall, ScorerReply | AdapterReply>(async () => {
  const { directory, threads, device, adapterBytes } = workerData as ScorerWorkerData;
  const ranker = await readRankerDirectory(directory);
  const engine = await ScorerEngine.openAdaptable(ranker, { threads, device, adapterBytes });
  return {
    ready: { id: ranker.id, parameters: ranker.parameters, calibration: ranker.calibration, limits: { prefix: ranker.text.prefixLimit, text: ranker.text.textLimit } },
    handle: (call, cancelled) => ('groups' in call ? engine.score(call.groups, cancelled) : engine.adapters!.handle(call)),
  };
});
