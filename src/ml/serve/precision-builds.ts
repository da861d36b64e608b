/** The builds of a ranker in fewer bits, as rewritings of its graph. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildRankerGraph } from '../gpt2/inference-graphs';
import { sideFeeds } from '../gpt2/rank-feeds';
import { encodePrefix, encodeText } from '../gpt2/rank-text';
import { sharedFeeds } from '../gpt2/share-rows';
import type { Graph } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import { halfGraph } from '../precision/half-graph';
import { int8Graph } from '../precision/int8-graph';
import type { Precision } from '../precision/precision-for';
import { joinedRanges, observedGraph, type Ranges } from '../precision/ranges';
import { w8a16Graph } from '../precision/w8a16-graph';
import { parseReport, PRECISION_FILE, type PrecisionReport } from '../precision/report';
import { createSession, type SessionOptions } from '../runtime/session';
import type { LoadedRanker } from './ranker-directory';
import type { TextGroup } from './scorer-engine';

/** @param ranges fix the scales of int8 */
export function rewritingOf(precision: Precision, ranges: Ranges): ((graph: Graph) => Graph) | undefined {
  if (precision === 'int8') return (graph) => int8Graph(graph, { ranges });
  if (precision === 'w8a16') return w8a16Graph;
  return precision === 'fp16' ? halfGraph : undefined;
}

export async function readPrecisionReport(directory: string, model: string): Promise<PrecisionReport | { missing: string }> {
  return parseReport(await readFile(path.join(directory, PRECISION_FILE), 'utf8').catch(() => undefined), model);
}

/** What meets each weight matrix of a ranker while it scores the groups, one after another; undefined where it was cancelled between two of them. */
export async function observeRanges(ranker: LoadedRanker, groups: readonly TextGroup[], options: SessionOptions, cancelled: () => boolean = () => false): Promise<Ranges | undefined> {
  const { shape, weights, tokenizer, text } = ranker;
  const { graph, read } = observedGraph(buildRankerGraph(shape, weights));
  const session = await createSession(serialize(graph), options);
  try {
    let ranges: Ranges = new Map();
    for (const { prefix, texts } of groups) {
      if (cancelled()) return undefined;
      const { ids, features } = encodePrefix(prefix, tokenizer, text);
      const encoded = texts.map((t) => encodeText(t, tokenizer, text));
      const group = { prefix: ids, prefixFeatures: features, texts: encoded.map((t) => t.ids), textFeatures: encoded.map((t) => t.features), grams: encoded.map((t) => t.grams) };
      const feeds = { ...sharedFeeds([group], shape.body!), ...sideFeeds([group], { wide: !!shape.wide, grams: shape.grams }) };
      ranges = joinedRanges(ranges, read(await session.run(feeds)));
    }
    return ranges;
  } finally {
    await session.release();
  }
}
