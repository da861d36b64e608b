/** The worker thread behind `open-explainer.ts`. */
import { workerData } from 'node:worker_threads';
import { Explainer, type RawExplanation } from '../explain/explainer';
import { serveWorker } from '../runtime/rpc';
import type { Calibration } from './calibration';
import { ExplainedAdapters, type AdapterPlace } from './explained-adapters';
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
  /** Whose score is explained; the ranker's own where absent. */
  adapter?: AdapterPlace;
}

serveWorker<ExplainerReady, ExplainerCall, RawExplanation>(async () => {
  const { directory, threads } = workerData as ExplainerWorkerData;
  const ranker = await readRankerDirectory(directory);
  const { id, calibration } = ranker;
  const adapters = new ExplainedAdapters(directory, id, await Explainer.open(ranker, { threads }), { threads });
  return {
    ready: { id, calibration },
    handle: async ({ prefix, text, adapter }, cancelled) => {
      const { explainer, words } = await adapters.of(adapter);
      return explainer.explain(prefix, text, cancelled, words);
    },
  };
});
