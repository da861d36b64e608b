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
  /** Bound in bytes of the buffers that a device keeps between runs, 2 GiB unless told. */
  deviceBufferBytes?: number;
}

/** What `GroupFeeds` of a model give, a run of it takes, with the inputs of adapters and of the parts beside GPT-2. */
export interface OpenModel {
  readonly feeds: GroupFeeds;
  run(feeds: Feeds, outputs: readonly string[]): ReturnType<Session['run']>;
  release(): Promise<void>;
}

export type GroupFeeds = (groups: readonly RankGroup[], past?: PrefixKeysValues) => Feeds;

const KEPT_BUFFERS = 2 * 1024 ** 3;

/** On a device the graph of few operators, where the device computes it right; else the one that keeps prefixes. */
export async function openModel(ranker: LoadedRanker, options: ModelOptions): Promise<OpenModel> {
  const { rewrite, deviceBufferBytes: _, ...session } = options;
  const { shape, weights } = ranker;
  const rows = onDevice(options) && (await holdsRows(options.device!));
  const graph = rows ? buildDeviceRankerGraph(shape, weights) : buildRankerGraph(shape, weights, runSizes(options.device).buckets);
  const bytes = serialize(rewrite?.(graph) ?? graph);
  const feeds: GroupFeeds = rows ? (groups) => rowFeeds(groups, shape.body!) : streamFeeds(ranker, options);
  return modelOf((kept) => createSession(bytes, { ...session, ...kept }), feeds, ranker, options);
}

/** What the shared-prefix graph reads, with adapters or without. */
export function streamFeeds({ shape }: LoadedRanker, { device }: SessionOptions): GroupFeeds {
  const { buckets } = runSizes(device);
  return (groups, past) => sharedFeeds(groups, shape.body!, past, buckets);
}

export function onDevice({ device = 'cpu' }: SessionOptions): boolean {
  return device !== 'cpu';
}

/** A session on a device is opened anew where the buffers that it left there pass the bound. */
export async function modelOf(open: (options: { keepBuffers?: boolean }) => Promise<Session>, feeds: GroupFeeds, { shape }: LoadedRanker, options: ModelOptions): Promise<OpenModel> {
  const device = onDevice(options);
  const start = (): Promise<Session> => open(device ? { keepBuffers: true } : {});
  const empty = (): DeviceBuffers => new DeviceBuffers(shape.body!.channels, options.deviceBufferBytes ?? KEPT_BUFFERS);
  let [session, buffers] = [await start(), empty()];
  return {
    feeds,
    async run(given, outputs) {
      if (device && !buffers.takes(given)) {
        await session.release();
        [session, buffers] = [await start(), empty()];
        buffers.takes(given);
      }
      return session.run(given, outputs);
    },
    release: () => session.release(),
  };
}
