/** The worker thread behind `open-explainer.ts`. */
import { workerData } from 'node:worker_threads';
import { Explainer, type RawExplanation } from '../explain/explainer';
import { serveWorker } from '../runtime/rpc';
import type { Calibration } from './calibration';
import { readRankerDirectory } from './ranker-directory';

export interface ExplainerWorkerData {
  directory: string;
  threads?: number;
}

export interface ExplainerReady {
  id: string;
  calibration: Calibration;
}

export interface ExplainerCall {
  prefix: string;
  text: string;
}

serveWorker<ExplainerReady, ExplainerCall, RawExplanation>(async () => {
  const { directory, threads } = workerData as ExplainerWorkerData;
  const ranker = await readRankerDirectory(directory);
  const explainer = await Explainer.open(ranker, { threads });
  return { ready: { id: ranker.id, calibration: ranker.calibration }, handle: ({ prefix, text }, cancelled) => explainer.explain(prefix, text, cancelled) };
});
