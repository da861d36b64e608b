/** A small GPT-2 ranker with fixed weights, run on a device and on the cpu: does the device compute the same, and is it faster. */
import { createRng } from '../../base/rng';
import type { Gpt2Config } from '../gpt2/config';
import { rowFeeds } from '../gpt2/device-rows';
import { buildDeviceRankerGraph, rankerGraph } from '../gpt2/inference-graphs';
import { bodyParameters, classifierParameters, initialise, type Weights } from '../gpt2/parameters';
import { sharedFeeds } from '../gpt2/share-rows';
import { serialize } from '../onnx/serialize';
import type { PrefixGroup } from '../gpt2/shared-prefix-layout';
import type { Device } from '../runtime/devices';
import { createSession, type Feeds, type Session } from '../runtime/session';

const CONFIG: Gpt2Config = { vocabulary: 512, positions: 128, channels: 128, layers: 2, heads: 4, inner: 512, layerNormEpsilon: 1e-5 };
/** Logits of the check lie some units apart. Rounding of a device (TF32 too) moves them by less than this, a wrong kernel by more. */
export const TOLERANCE = 0.02;
/** Candidates behind one prefix of 64 tokens, of 16 tokens each. The large one is work as of several rankings at once: what a device is there for. */
const SMALL = 3;
const LARGE = 400;
/** For rows: several of them, some with more than one candidate. */
const ROWS = 20;

export interface SelfCheck {
  /** Largest distance of a logit from that of the cpu. */
  apart: number;
  /** Milliseconds of the same work on both, medians; absent where the speed was not asked for. */
  speed?: { deviceMs: number; cpuMs: number };
}

export function checkGraph(): Uint8Array {
  return rankerGraph({ body: CONFIG }, checkWeights(), 1);
}

function checkWeights(): Weights {
  const rng = createRng(20_191_105);
  const weights: Weights = initialise([...bodyParameters(CONFIG), ...classifierParameters(CONFIG)], CONFIG, rng);
  // As after training, not before it: attention that chooses, logits that differ.
  for (const [name, { data }] of weights) if (/c_attn\.weight|wte|wpe|score/.test(name)) data.forEach((w, i) => (data[i] = w * 8));
  return weights;
}

export function checkFeeds(candidates: number): Feeds {
  return sharedFeeds([checkGroup(candidates)], CONFIG, undefined, 1);
}

function checkGroup(candidates: number): PrefixGroup {
  const rng = createRng(124);
  const tokens = (count: number): Int32Array => Int32Array.from({ length: count }, () => rng.int(CONFIG.vocabulary));
  return { prefix: tokens(64), texts: Array.from({ length: candidates }, () => tokens(16)) };
}

/**
 * Whether a device that passed also computes the graph of few operators (`../gpt2/device-body.ts`): the runtime writes those operators
 * anew for each kind of device, and on some (groups of four lanes, as drivers of software have) one is wrong.
 */
export async function holdsRows(device: Device): Promise<boolean> {
  const weights = checkWeights();
  const group = checkGroup(ROWS);
  const logits = async (graph: Uint8Array, feeds: Feeds, on: Device): Promise<Float32Array> => {
    const session = await createSession(graph, { device: on });
    try {
      return await logitsOf(session, feeds);
    } finally {
      await session.release();
    }
  };
  const expected = await logits(rankerGraph({ body: CONFIG }, weights, 1), sharedFeeds([group], CONFIG, undefined, 1), 'cpu');
  try {
    const got = await logits(serialize(buildDeviceRankerGraph({ body: CONFIG }, weights)), rowFeeds([group], CONFIG), device);
    return distance(expected, got) <= TOLERANCE;
  } catch {
    // What it cannot run it does not hold.
    return false;
  }
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
    const apart = distance(expected, got);
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

/** The largest; not a number is as wrong as can be. */
function distance(expected: Float32Array, got: Float32Array): number {
  return Math.max(...Array.from(expected, (logit, i) => (Number.isFinite(got[i]) ? Math.abs(got[i]! - logit) : Infinity)));
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
