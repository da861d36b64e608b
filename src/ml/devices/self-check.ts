/** A small GPT-2 ranker with fixed weights, run on a device and on the cpu: does the device compute the same, and is it faster. */
import { createRng } from '../../base/rng';
import type { Gpt2Config } from '../gpt2/config';
import { rankerGraph } from '../gpt2/inference-graphs';
import { bodyParameters, classifierParameters, initialise, type Weights } from '../gpt2/parameters';
import { sharedFeeds } from '../gpt2/share-rows';
import type { Device } from '../runtime/devices';
import { createSession, type Feeds, type Session } from '../runtime/session';

const CONFIG: Gpt2Config = { vocabulary: 512, positions: 128, channels: 128, layers: 2, heads: 4, inner: 512, layerNormEpsilon: 1e-5 };
/** Logits of the check lie some units apart. Rounding of a device (TF32 too) moves them by less than this, a wrong kernel by more. */
export const TOLERANCE = 0.02;
/** Candidates behind one prefix of 64 tokens, of 16 tokens each. The large one is work as of several rankings at once: what a device is there for. */
const SMALL = 3;
const LARGE = 400;

export interface SelfCheck {
  /** Largest distance of a logit from that of the cpu. */
  apart: number;
  /** Milliseconds of the same work on both, medians; absent where the speed was not asked for. */
  speed?: { deviceMs: number; cpuMs: number };
}

export function checkGraph(): Uint8Array {
  const rng = createRng(20_191_105);
  const weights: Weights = initialise([...bodyParameters(CONFIG), ...classifierParameters(CONFIG)], CONFIG, rng);
  // As after training, not before it: attention that chooses, logits that differ.
  for (const [name, { data }] of weights) if (/c_attn\.weight|wte|wpe|score/.test(name)) data.forEach((w, i) => (data[i] = w * 8));
  return rankerGraph({ body: CONFIG }, weights, 1);
}

export function checkFeeds(candidates: number): Feeds {
  const rng = createRng(124);
  const tokens = (count: number): Int32Array => Int32Array.from({ length: count }, () => rng.int(CONFIG.vocabulary));
  return sharedFeeds([{ prefix: tokens(64), texts: Array.from({ length: candidates }, () => tokens(16)) }], CONFIG, undefined, 1);
}

/**
 * Runs the check in this thread.
 * @param device what to hold against the cpu
 * @param options.speed also compare the time that both take
 * @throws DEVICE_UNAVAILABLE where the device cannot open or run the graph
 */
export async function selfCheck(device: Device, options: { speed: boolean }): Promise<SelfCheck> {
  const graph = checkGraph();
  const [small, large] = [checkFeeds(SMALL), checkFeeds(LARGE)];
  const cpu = await createSession(graph);
  const other = await createSession(graph, { device });
  try {
    const expected = await logitsOf(cpu, small);
    const got = await logitsOf(other, small);
    // Not a number is as wrong as can be.
    const apart = Math.max(...Array.from(expected, (logit, i) => (Number.isFinite(got[i]) ? Math.abs(got[i]! - logit) : Infinity)));
    if (!options.speed || apart > TOLERANCE) return { apart };
    const cpuMs = await timeOf(cpu, large, 3);
    // A device that takes longer for less is slower: no need to wait for more of it.
    const lessMs = await timeOf(other, small, 1, 0);
    return { apart, speed: { cpuMs, deviceMs: lessMs > cpuMs ? lessMs : await timeOf(other, large, 3) } };
  } finally {
    await cpu.release();
    await other.release();
  }
}

async function logitsOf(session: Session, feeds: Feeds): Promise<Float32Array> {
  return (await session.run(feeds)).logits!.data as Float32Array;
}

async function timeOf(session: Session, feeds: Feeds, times: number, warmup = 1): Promise<number> {
  const taken: number[] = [];
  for (let i = -warmup; i < times; i++) {
    const started = performance.now();
    await session.run(feeds);
    if (i >= 0) taken.push(performance.now() - started);
  }
  return taken.toSorted((a, b) => a - b)[times >> 1]!;
}
