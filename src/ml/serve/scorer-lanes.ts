/** Threads of one scorer: each lane is a worker with the model of its own. */
import { availableParallelism } from 'node:os';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { workerEntry } from '../../base/worker-entry';
import type { Lane } from '../batching/types';
import type { Logger } from '../../base/logger';
import type { Device } from '../runtime/devices';
import { KeptWorker } from '../runtime/keep-worker';
import { placeOf, startWorker, type WorkerClient } from '../runtime/rpc';
import type { ScorePayload } from './score-parts';
import type { ScorerCall, ScorerReady, ScorerReply, ScorerWorkerData } from './scorer-worker';

export type ScorerClient = WorkerClient<ScorerReady, ScorerCall, ScorerReply>;
export type ScorerThread = KeptWorker<ScorerReady, ScorerCall, ScorerReply>;

export interface LaneOptions extends Omit<ScorerWorkerData, 'threads'> {
  /** Brings a thread that takes another's place to where that one was. */
  restore(client: ScorerClient): Promise<void>;
  logger?: Logger;
}

/** What a part came to: its logits, and the batch whose time it shared. */
export interface PartScores {
  readonly logits: Float32Array;
  /** Tokens that did not fit, of the prefix of its first group. */
  readonly trimmed: number;
  readonly batch: { readonly tokeniseMs: number; readonly inferenceMs: number; readonly device: Device };
}

/** A model up to this size is loaded once per lane; a larger one has one lane with all threads. */
const SMALL_BYTES = 128 * 1024 * 1024;
const MOST_LANES = 4;

/** How many lanes, with how many threads each, so that together they use `threads` (all cores when absent). */
export async function planLanes(directory: string, device: Device, threads = availableParallelism()): Promise<{ lanes: number; threads: number }> {
  // A device other than the cpu is one, however many threads ask it.
  const lanes = device !== 'cpu' ? 1 : (await weightBytes(directory)) <= SMALL_BYTES ? Math.min(threads, MOST_LANES) : 1;
  return { lanes, threads: Math.max(1, Math.floor(threads / lanes)) };
}

async function weightBytes(directory: string): Promise<number> {
  // What is missing or broken is for the worker to say.
  const names = await readdir(directory).catch(() => []);
  const sizes = names.filter((name) => name.endsWith('.safetensors')).map((name) => stat(path.join(directory, name)).then(({ size }) => size, () => 0));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** Starts the threads of all lanes; where one fails the others are closed. @throws what the first to fail threw */
export async function openLanes({ restore, logger, ...model }: LaneOptions, plan: { lanes: number; threads: number }): Promise<ScorerThread[]> {
  const start = (device: Device): Promise<ScorerClient> => {
    const data: ScorerWorkerData = { ...model, device, threads: plan.threads };
    return startWorker(workerEntry(__dirname, 'scorer-worker'), data, placeOf(device));
  };
  const name = path.basename(path.resolve(model.directory));
  const starts = Array.from({ length: plan.lanes }, () => KeptWorker.open({ name, device: model.device, start, restore, logger }));
  const started = await Promise.allSettled(starts);
  const failed = started.find((each) => each.status === 'rejected');
  const threads = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (!failed) return threads;
  await Promise.all(threads.map((thread) => thread.close()));
  throw failed.reason;
}

/** A thread as the batcher sees it. */
export function laneOf(thread: ScorerThread): Lane<ScorePayload, PartScores> {
  return async (payloads, signal) => {
    const { logits, trimmed, tokeniseMs, inferenceMs, device } = await thread.call({ groups: payloads.flat() }, signal);
    const batch = { tokeniseMs, inferenceMs, device };
    let [at, group] = [0, 0];
    return payloads.map((groups) => {
      const [from, first] = [at, group];
      group += groups.length;
      at += groups.reduce((sum, { texts }) => sum + texts.length, 0);
      return { logits: logits.subarray(from, at), trimmed: trimmed[first]!, batch };
    });
  };
}
