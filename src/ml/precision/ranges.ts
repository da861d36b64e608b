/**
 * What meets each weight matrix: the least and the greatest value of every input channel over some inputs. With it activations get
 * fixed scales, so that a score does not depend on the company in which it was computed.
 */
import type { Graph, Value } from '../onnx/graph';
import { linearNodes } from './linear-node';
import { rewriteGraph } from './rewrite-graph';

/** float32 [K] each. */
export interface ChannelRange {
  low: Float32Array;
  high: Float32Array;
}

/** By name of the weight; several products with one weight share its range. */
export type Ranges = ReadonlyMap<string, ChannelRange>;

/** A graph that answers, beside its own outputs, the channel ranges of every product's input: `low.<i>`, `high.<i>`. */
export function observedGraph(original: Graph): { graph: Graph; read(outputs: Record<string, { data: ArrayLike<number | bigint> }>): Ranges } {
  const inputs = new Map<Value, string[]>();
  for (const { x, source } of linearNodes(original)) inputs.set(x, [...(inputs.get(x) ?? []), source]);
  const seen = [...inputs];
  const readers = new Map(linearNodes(original).map(({ node, x }) => [node, x]));
  const extremes = new Map<string, Value>();
  const graph = rewriteGraph(original, `${original.name}-observed`, (node, { g, copyOf }) => {
    const x = readers.get(node);
    const i = seen.findIndex(([input]) => input === x);
    if (!x || extremes.has(`low.${i}`)) return undefined;
    const axes = g.literal('int64', x.shape.slice(0, -1).map((_, axis) => axis));
    for (const [name, op] of [['low', 'ReduceMin'], ['high', 'ReduceMax']] as const) {
      extremes.set(`${name}.${i}`, g.one(op, [copyOf(x), axes], 'float32', [x.shape.at(-1)!], { keepdims: 0 }));
    }
    return undefined;
  });
  for (const [name, value] of extremes) graph.output(name, value);
  return {
    graph,
    read(outputs) {
      const ranges = new Map<string, ChannelRange>();
      seen.forEach(([, names], i) => {
        const range = { low: Float32Array.from(outputs[`low.${i}`]!.data, Number), high: Float32Array.from(outputs[`high.${i}`]!.data, Number) };
        for (const name of names) ranges.set(name, joined(ranges.get(name), range));
      });
      return ranges;
    },
  };
}

/** Both ranges in one. */
export function joined(a: ChannelRange | undefined, b: ChannelRange): ChannelRange {
  if (!a) return b;
  return { low: a.low.map((v, k) => Math.min(v, b.low[k]!)), high: a.high.map((v, k) => Math.max(v, b.high[k]!)) };
}

export function joinedRanges(a: Ranges, b: Ranges): Ranges {
  return new Map([...new Set([...a.keys(), ...b.keys()])].map((name) => [name, b.has(name) ? joined(a.get(name), b.get(name)!) : a.get(name)!]));
}
