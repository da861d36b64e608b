import path from 'node:path';
import { workerEntry } from '../../base/worker-entry';
import { applyPlatt } from '../metrics/platt';
import { startWorker } from '../runtime/rpc';
import type { ScorerCall, ScorerReady, ScorerReply, ScorerWorkerData } from './scorer-worker';
import type { Score, Scorer } from './types';

export interface OpenOptions {
  /** Threads of the model; all cores when absent. */
  threads?: number;
}

/**
 * Opens a ranker in a worker thread.
 * @throws MODEL_UNAVAILABLE where there is no model, MODEL_INVALID for a corrupt or mismatched one
 */
export async function openScorer(directory: string, options: OpenOptions = {}): Promise<Scorer> {
  const data: ScorerWorkerData = { directory, threads: options.threads };
  const worker = await startWorker<ScorerReady, ScorerCall, ScorerReply>(workerEntry(__dirname, 'scorer-worker'), data);
  const { id, parameters, device, calibration } = worker.ready;
  const toScore = (logit: number, prefix: string): Score => {
    const part = prefix === '' ? calibration.withoutPrefix : calibration.withPrefix;
    return { logit, probability: applyPlatt(part, logit), uncertainty: part.deviation };
  };
  return {
    identity: { id, kind: 'classifier', name: path.basename(path.resolve(directory)), directory, device, parameters },
    async score({ prefix, texts }, { signal } = {}) {
      if (texts.length === 0) return { scores: [], timing: { tokeniseMs: 0, queueMs: 0, inferenceMs: 0 } };
      const { logits, ...timing } = await worker.call({ groups: [{ prefix, texts }] }, signal);
      return { scores: Array.from(logits, (logit) => toScore(logit, prefix)), timing };
    },
    async scoreMany(pairs, { signal } = {}) {
      if (pairs.length === 0) return [];
      // Neighbours behind one prefix share its computation.
      const groups: { prefix: string; texts: string[] }[] = [];
      for (const { prefix, text } of pairs) {
        const last = groups.at(-1);
        if (last?.prefix === prefix) last.texts.push(text);
        else groups.push({ prefix, texts: [text] });
      }
      const { logits } = await worker.call({ groups }, signal);
      return pairs.map(({ prefix }, i) => toScore(logits[i]!, prefix));
    },
    close: () => worker.close(),
  };
}
