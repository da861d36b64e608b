import path from 'node:path';
import type { Logger } from '../../base/logger';
import { Batcher } from '../batching/batcher';
import type { JobReply, QueueLimits } from '../batching/types';
import { applyPlatt } from '../metrics/platt';
import type { Device } from '../runtime/devices';
import type { AskedPrecision } from '../precision/precision-for';
import type { AdaptableScorer, AdaptedPair } from './adapter-types';
import { lazyExplainer } from './open-explainer';
import { runSizes } from './run-sizes';
import { partsOfGroup, partsOfPairs, type ScorePayload } from './score-parts';
import { ADAPTER_BYTES, ScorerAdapters } from './scorer-adapters';
import { laneOf, openLanes, type PartScores, planLanes, type ScorerClient, type ScorerThread } from './scorer-lanes';
import type { CallOptions, Score, Timing } from './types';

export interface OpenOptions {
  /** Threads of the model, over all its lanes; all cores when absent. */
  threads?: number;
  /** fp32 unless told; `openPreciseScorer` is what serves. */
  precision?: AskedPrecision;
  /** What may wait before calls are refused; about a minute's work of one core unless told. */
  limits?: QueueLimits;
  /** Memory for adapters of each lane, 256 MiB unless told: the ones longest unused make room. */
  adapterBytes?: number;
  /** Where it runs; the cpu when absent. One that is lost later is left for the cpu. */
  device?: Device;
  /** Hears of threads and devices that were lost. */
  logger?: Logger;
  /** Bound in bytes of the prefixes' keys and values that each lane keeps between calls, 64 MiB unless told; 0 keeps none. */
  prefixCacheBytes?: number;
  /** Bound in bytes, about, of what each model keeps on a device between runs, 4 GiB unless told. */
  deviceBufferBytes?: number;
}

const LIMITS: QueueLimits = { tokens: 512 * 1024, requests: 2_048 };
/** Pairs that a bulk call prepares at once: enough to sort by length, little enough not to hold up the event loop. */
const PAIRS_AT_ONCE = 2_048;
/** Parts of one job of a bulk call, and jobs of it in the queue: so few that the queue belongs to others. */
const BULK_PARTS = 4;
const BULK_JOBS = 2;

/**
 * Opens a ranker in worker threads behind one queue.
 * @throws MODEL_UNAVAILABLE where there is no model, MODEL_INVALID for a corrupt or mismatched one, DEVICE_UNAVAILABLE where the device does not take it
 */
export async function openScorer(directory: string, options: OpenOptions = {}): Promise<AdaptableScorer> {
  const { device = 'cpu', adapterBytes = ADAPTER_BYTES, prefixCacheBytes, deviceBufferBytes, precision: asked, logger } = options;
  const model = { directory, precision: asked, adapterBytes, prefixCacheBytes, deviceBufferBytes, device, logger, restore: (client: ScorerClient) => adapters.restore(client) };
  const threads: ScorerThread[] = await openLanes(model, await planLanes(directory, device, options.threads));
  const { id, parameters, precision, calibration, limits } = threads[0]!.ready;
  const { batchTokens } = runSizes(device);
  const batcher = new Batcher<ScorePayload, PartScores>({ lanes: threads.map(laneOf), budget: batchTokens, limits: options.limits ?? LIMITS });
  const adapters: ScorerAdapters = new ScorerAdapters(threads, calibration);
  // Lanes of the cpu are alike; a device has one.
  const deviceNow = (): Device => threads[0]!.device;
  const explainer = lazyExplainer(directory, { id, threads: options.threads });
  const toScore = (logit: number, prefix: string, adapter?: string): Score => {
    const { withPrefix, withoutPrefix } = adapters.calibrationOf(adapter);
    const part = prefix === '' ? withoutPrefix : withPrefix;
    return { logit, probability: applyPlatt(part, logit), uncertainty: part.deviation };
  };

  const scoreSome = async (pairs: readonly AdaptedPair[], scores: Score[], offset: number, signal?: AbortSignal): Promise<void> => {
    const { parts, places } = partsOfPairs(pairs, limits, batchTokens);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < parts.length) {
        const from = next;
        next += BULK_PARTS;
        try {
          const { results } = await batcher.submit({ parts: parts.slice(from, next), priority: 'background', signal });
          results.forEach(({ logits }, i) => places[from + i]!.forEach((place, k) => (scores[offset + place] = toScore(logits[k]!, pairs[place]!.prefix, pairs[place]!.adapter))));
        } catch (error) {
          next = parts.length;
          throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: BULK_JOBS }, work));
  };

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await batcher.close();
    await Promise.all([...threads, explainer].map((thread) => thread.close()));
  };
  return {
    get identity() {
      return { id, kind: 'classifier' as const, name: path.basename(path.resolve(directory)), directory, device: deviceNow(), parameters, precision };
    },
    async score({ prefix, texts, adapter }, { signal, deadlineMs, priority } = {}) {
      adapters.require(adapter);
      const parts = partsOfGroup({ prefix, texts, adapter }, limits, batchTokens, batcher.freeLanes);
      const reply = await batcher.submit({ parts, signal, deadlineMs, priority });
      const scores = reply.results.flatMap(({ logits }) => Array.from(logits, (logit) => toScore(logit, prefix, adapter)));
      const trimmed = reply.results[0]?.trimmed ?? 0;
      return { scores, ...(trimmed > 0 ? { prefixTrimmed: trimmed } : {}), timing: timingOf(reply), device: reply.results.at(-1)?.batch.device ?? deviceNow() };
    },
    async scoreMany(pairs, { signal }: CallOptions = {}) {
      for (const { adapter } of pairs) adapters.require(adapter);
      const scores: Score[] = Array.from({ length: pairs.length });
      for (let at = 0; at < pairs.length; at += PAIRS_AT_ONCE) await scoreSome(pairs.slice(at, at + PAIRS_AT_ONCE), scores, at, signal);
      return scores;
    },
    async explain({ prefix, text, adapter }, call) {
      return explainer.explain({ prefix, text, adapter: adapters.placeOf(adapter) }, { ...call, calibration: adapters.calibrationOf(adapter) });
    },
    endSoon: (withinMs) => explainer.endSoon(withinMs),
    loadAdapter: (from) => adapters.load(from),
    unloadAdapter: (adapter) => adapters.unload(adapter),
    adapterStats: () => adapters.stats(),
    stats: () => batcher.stats(),
    close: () => (closing ??= close()),
  };
}

/**
 * Tokenising, inference and waiting of one call; they add up to the time that it took. Where several lanes worked on it at once,
 * that time counts once, and is divided as the lanes divided theirs.
 */
function timingOf({ results, totalMs, busyMs, batchMs }: JobReply<PartScores>): Timing {
  const batches = [...new Set(results.map(({ batch }) => batch))];
  const share = (pick: (batch: PartScores['batch']) => number): number =>
    batchMs === 0 ? 0 : (busyMs * batches.reduce((sum, batch) => sum + pick(batch), 0)) / batchMs;
  const tokeniseMs = share((batch) => batch.tokeniseMs);
  const inferenceMs = share((batch) => batch.inferenceMs);
  return { tokeniseMs, inferenceMs, queueMs: Math.max(0, totalMs - tokeniseMs - inferenceMs) };
}
