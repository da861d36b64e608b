/** A ranker's sessions, and how groups become what each of them reads. */
import { holdsRows } from '../devices/self-check';
import { rowFeeds } from '../gpt2/device-rows';
import { buildDeviceRankerGraph, buildRankerGraph } from '../gpt2/inference-graphs';
import type { RankGroup } from '../gpt2/rank-feeds';
import { sharedFeeds, type PrefixKeysValues } from '../gpt2/share-rows';
import type { Graph } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import { createSession, type Feeds, type Session, type SessionOptions } from '../runtime/session';
import { DeviceBuffers } from './device-buffers';
import type { LoadedRanker } from './ranker-directory';
import { runSizes } from './run-sizes';

export interface ModelOptions extends SessionOptions {
  /** Another build of the graph that runs; adapters run without it. */
  rewrite?: (graph: Graph) => Graph;
  /** Bound in bytes, about, of the buffers that a device keeps between runs, 4 GiB unless told. */
  deviceBufferBytes?: number;
}

/** `shared` keeps prefixes between runs, `rows` has few operators. */
export type Layout = 'shared' | 'rows';

export interface OpenModel {
  readonly layout: Layout;
  /** GPT-2's inputs for groups. */
  feeds(groups: readonly RankGroup[], past?: PrefixKeysValues): Feeds;
  run(feeds: Feeds, outputs: readonly string[]): ReturnType<Session['run']>;
  release(): Promise<void>;
}

const KEPT_BUFFERS = 4 * 1024 ** 3;

/** The base alone: in rows on a device that computes them right. */
export async function openModel(ranker: LoadedRanker, { rewrite, ...options }: ModelOptions): Promise<OpenModel> {
  const { shape, weights } = ranker;
  const layout = onDevice(options) && (await holdsRows(options.device!)) ? 'rows' : 'shared';
  const graph = layout === 'rows' ? buildDeviceRankerGraph(shape, weights) : buildRankerGraph(shape, weights, runSizes(options.device).buckets);
  return modelOf(layout, serialize(rewrite?.(graph) ?? graph), ranker, options);
}

export function onDevice({ device = 'cpu' }: SessionOptions): boolean {
  return device !== 'cpu';
}

/** Rows come in few sizes: buffers of each are kept, within a bound, beyond which the session is opened anew. */
export async function modelOf(layout: Layout, graph: Uint8Array, { shape }: LoadedRanker, { device, threads, deviceBufferBytes = KEPT_BUFFERS }: ModelOptions): Promise<OpenModel> {
  const body = shape.body!;
  const { buckets } = runSizes(device);
  const rows = layout === 'rows';
  const start = (): Promise<Session> => createSession(graph, { device, threads, keepBuffers: rows });
  const empty = (): DeviceBuffers => new DeviceBuffers(body.channels, deviceBufferBytes);
  let [session, buffers] = [await start(), empty()];
  return {
    layout,
    feeds: (groups, past) => (rows ? rowFeeds(groups, body) : sharedFeeds(groups, body, past, buckets)),
    async run(feeds, outputs) {
      if (rows && !buffers.takes(feeds)) {
        await session.release();
        [session, buffers] = [await start(), empty()];
        buffers.takes(feeds);
      }
      return session.run(feeds, outputs);
    },
    release: () => session.release(),
  };
}
