/** The worker thread behind `open-scorer.ts`. */
import { workerData } from 'node:worker_threads';
import { serveWorker } from '../runtime/rpc';
import type { Calibration } from './calibration';
import { readRankerDirectory } from './ranker-directory';
import type { TextLimits } from './score-parts';
import { ScorerEngine, type TextGroup } from './scorer-engine';

export interface ScorerWorkerData {
  directory: string;
  threads?: number;
}

export interface ScorerReady {
  id: string;
  parameters: number;
  device: string;
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

serveWorker<ScorerReady, ScorerCall, ScorerReply>(async () => {
  const { directory, threads } = workerData as ScorerWorkerData;
  const ranker = await readRankerDirectory(directory);
  const engine = await ScorerEngine.open(ranker, { threads });
  return {
    ready: { id: ranker.id, parameters: ranker.parameters, device: 'cpu', calibration: ranker.calibration, limits: { prefix: ranker.text.prefixLimit, text: ranker.text.textLimit } },
    handle: (call, cancelled) => engine.score(call.groups, cancelled),
  };
});
