/**
 * Explanations of a ranker's scores, from a thread of their own: one takes as long as a hundred scores, and rankings must not wait for it.
 * The thread is started by the first call and ends when none came for a while, so that who never asks pays nothing.
 */
import { AdloomError } from '../../base/errors';
import { workerEntry } from '../../base/worker-entry';
import type { RawExplanation } from '../explain/explainer';
import { applyPlatt } from '../metrics/platt';
import { startWorker, type WorkerClient } from '../runtime/rpc';
import type { Calibration } from './calibration';
import type { ExplainerCall, ExplainerReady, ExplainerWorkerData } from './explainer-worker';
import { otherModel } from './other-model';
import type { CallOptions, ScoreExplanation } from './types';

export interface OpenExplainerOptions {
  /** The id of the model whose scores are explained. */
  id: string;
  threads?: number;
  /** How long the thread waits for a next call. */
  idleMs?: number;
}

export interface ScoreExplainer {
  /** @param options.calibration of the adapter; the model's where absent */
  explain(request: ExplainerCall, options?: CallOptions & { calibration?: Calibration }): Promise<ScoreExplanation>;
  /** As `Scorer.endSoon`. */
  endSoon(withinMs: number): void;
  close(): Promise<void>;
}

type Client = WorkerClient<ExplainerReady, ExplainerCall, RawExplanation>;

/** Calls that may wait; at some tenths of a second each, whoever comes later would wait too long. */
const MOST_WAITING = 64;
const IDLE_MS = 5 * 60_000;

/** Opens nothing yet. A call throws MODEL_UNAVAILABLE where the files are gone or other ones now, OVERLOADED where too many wait. */
export function lazyExplainer(directory: string, { id, threads, idleMs = IDLE_MS }: OpenExplainerOptions): ScoreExplainer {
  let opening: Promise<Client> | undefined;
  let idle: NodeJS.Timeout | undefined;
  let [closed, ending, lastMs] = [false, false, 500];
  /** In the order in which the thread takes them: behind the first none is begun. */
  const unanswered = new Set<AbortController>();

  const open = async (): Promise<Client> => {
    const data: ExplainerWorkerData = { directory, threads };
    const client = await startWorker<ExplainerReady, ExplainerCall, RawExplanation>(workerEntry(__dirname, 'explainer-worker'), data);
    if (client.ready.id === id) return client;
    await client.close();
    throw otherModel(directory, client.ready.id, id);
  };
  const letGo = async (): Promise<void> => {
    clearTimeout(idle);
    const held = opening;
    opening = undefined;
    await held?.then((client) => client.close()).catch(() => undefined);
  };

  return {
    async explain(request, { signal, calibration } = {}) {
      if (closed) throw new AdloomError('MODEL_UNAVAILABLE', 'The model has been closed.');
      if (ending) throw notBegun();
      if (unanswered.size >= MOST_WAITING) {
        throw new AdloomError('OVERLOADED', `${unanswered.size} explanations are waiting; no more are taken.`, {
          hint: 'Ask again in some seconds, or for fewer.',
          retryAfterMs: Math.ceil(unanswered.size * lastMs),
        });
      }
      const drop = new AbortController();
      unanswered.add(drop);
      clearTimeout(idle);
      try {
        // One that failed is not kept: the next call tries again.
        const client = await (opening ??= open().catch((error: unknown) => {
          opening = undefined;
          throw error;
        }));
        const raw = await client.call(request, signal ? AbortSignal.any([signal, drop.signal]) : drop.signal);
        lastMs = raw.tokeniseMs + raw.inferenceMs;
        return calibrated(request, raw, calibration ?? client.ready.calibration);
      } catch (error) {
        throw drop.signal.aborted ? notBegun() : error;
      } finally {
        unanswered.delete(drop);
        if (unanswered.size === 0 && !closed) idle = setTimeout(() => void letGo(), idleMs).unref();
      }
    },
    endSoon(withinMs) {
      // So early that what is begun at the last moment can still be answered.
      const last = Math.max(0, withinMs - 2 * lastMs);
      setTimeout(() => {
        ending = true;
        for (const drop of [...unanswered].slice(1)) drop.abort();
      }, last).unref();
    },
    async close() {
      closed = true;
      await letGo();
    },
  };
}

function notBegun(): AdloomError {
  return new AdloomError('MODEL_UNAVAILABLE', 'The program is stopping; this explanation was not begun.', { hint: 'Ask again when it runs again.' });
}

/**
 * In the log-odds of the calibrated probability: p = sigmoid(slope x logit + intercept), so that what moved the logit by 1 moved these by
 * the slope. The baseline goes through the curve of the pair: nobody's words, not nobody.
 */
function calibrated({ prefix }: ExplainerCall, raw: RawExplanation & { queueMs: number }, calibration: Calibration): ScoreExplanation {
  const curve = prefix === '' ? calibration.withoutPrefix : calibration.withPrefix;
  const scale = (value: number): number => curve.slope * value;
  const { deep, wide, grams, nearness, learnt } = raw.parts;
  return {
    score: { logit: raw.logit, probability: applyPlatt(curve, raw.logit), uncertainty: curve.deviation },
    baseline: { logit: raw.baseline, probability: applyPlatt(curve, raw.baseline) },
    difference: scale(raw.logit - raw.baseline),
    words: raw.words.map((word) => ({ ...word, contribution: scale(word.contribution) })),
    parts: { deep: scale(deep), wide: scale(wide), grams: scale(grams), nearness: scale(nearness), learnt: scale(learnt) },
    gap: raw.gap,
    steps: raw.steps,
    timing: { tokeniseMs: raw.tokeniseMs, queueMs: raw.queueMs, inferenceMs: raw.inferenceMs },
  };
}
