import { createRng } from '../../../src/base/rng';
import { buildLanguageModelGraph, buildRankerGraph } from '../../../src/ml/gpt2/inference-graphs';
import { bodyParameters, initialise } from '../../../src/ml/gpt2/parameters';
import { rankerParameters } from '../../../src/ml/gpt2/ranker';
import type { Graph } from '../../../src/ml/onnx/graph';
import { liveNodes, serialize } from '../../../src/ml/onnx/serialize';
import { structuralHash } from '../../../src/ml/onnx/structural-hash';
import { halfGraph } from '../../../src/ml/precision/half-graph';
import { int8Graph } from '../../../src/ml/precision/int8-graph';
import { linearNodes } from '../../../src/ml/precision/linear-node';
import { w8a16Graph } from '../../../src/ml/precision/w8a16-graph';
import { observedGraph, type ChannelRange } from '../../../src/ml/precision/ranges';

const CONFIG = { vocabulary: 50, positions: 32, channels: 16, layers: 2, heads: 4, inner: 64, layerNormEpsilon: 1e-5 };
const SHAPE = { body: CONFIG, wide: { buckets: 64, dimensions: 4 }, grams: { rows: 64, behindPrefix: 0.5 } };
const ranker = (): Graph => buildRankerGraph(SHAPE, initialise(rankerParameters(SHAPE), CONFIG, createRng(1)));
const languageModel = (): Graph => buildLanguageModelGraph(CONFIG, initialise(bodyParameters(CONFIG), CONFIG, createRng(1)));
const rangesOf = (g: Graph): Map<string, ChannelRange> =>
  new Map(linearNodes(g).map(({ weight, K }) => [weight.value.name, { low: new Float32Array(K).fill(-2), high: new Float32Array(K).fill(3) }]));

const originals = { ranker, 'language model': languageModel };
const builds: [string, (g: Graph) => Graph][] = [
  ['int8, scales found in each run', (g) => int8Graph(g)],
  ['int8, scales fixed', (g) => int8Graph(g, { ranges: rangesOf(g) })],
  ['int8, attention kept', (g) => int8Graph(g, { keep: (name) => name.includes('attn') })],
  ['fp16', halfGraph],
  ['w8a16', w8a16Graph],
  ['observed', (g) => observedGraph(g).graph],
];
const all = Object.entries(originals).flatMap(([of, make]) => builds.map(([name, build]) => [`${of}, ${name}`, make, build] as const));
const count = (g: Graph, op: string): number => liveNodes(g).filter((node) => node.op === op).length;

describe('builds of a graph', () => {
  // A changed hash is a changed computation. Where that is meant, prove the new one and update the snapshot.
  it.each(all)('compute what they did: %s', (_, make, build) => {
    const graph = build(make());
    expect(`${structuralHash(graph)}, ${liveNodes(graph).length} nodes`).toMatchSnapshot();
  });

  it.each(all)('take what the original takes, answer what it answers, and leave it alone: %s', (name, make, build) => {
    const original = make();
    const before = structuralHash(original);
    const graph = build(original);
    expect(structuralHash(original)).toBe(before);
    expect(graph.inputs.map(({ name: n, dtype, shape }) => [n, dtype, shape])).toEqual(original.inputs.map(({ name: n, dtype, shape }) => [n, dtype, shape]));
    const outputs = graph.outputs.map((o) => [o.name, o.value.dtype, o.value.shape]);
    expect(name.endsWith('observed') ? outputs.slice(0, original.outputs.length) : outputs).toEqual(original.outputs.map((o) => [o.name, o.value.dtype, o.value.shape]));
    expect(serialize(graph).length).toBeGreaterThan(0);
  });

  it('quantise every product by a constant matrix but heads, and share what several products read', () => {
    const original = ranker();
    const fixed = int8Graph(original, { ranges: rangesOf(original) });
    expect(count(fixed, 'MatMulIntegerToFloat')).toBe(4 * CONFIG.layers);
    expect(count(fixed, 'Gemm')).toBe(1);
    const dynamic = int8Graph(original);
    expect(count(dynamic, 'DynamicQuantizeLinear')).toBe(4 * CONFIG.layers);
    expect(count(int8Graph(original, { keep: () => true }), 'MatMulIntegerToFloat')).toBe(0);
  });

  it('cast nothing to and fro between products of 8-bit weights and 16-bit activations', () => {
    const config = { ...CONFIG, channels: 64, inner: 256 };
    const shape = { ...SHAPE, body: config };
    const original = buildRankerGraph(shape, initialise(rankerParameters(shape), config, createRng(1)), 1);
    const build = w8a16Graph(original);
    expect(count(build, 'MatMulNBits')).toBe(4 * config.layers);
    // What was cached comes in, keys and values go out, and the stream is widened before the last normalisation: no cast in a layer.
    expect(count(build, 'Cast') - count(original, 'Cast')).toBeLessThanOrEqual(4 * config.layers + 3);
    expect(liveNodes(build).filter(({ op }) => op === 'LayerNormalization').map(({ outputs }) => outputs[0]!.dtype)).toEqual([...Array.from({ length: 2 * config.layers }, () => 'float16'), 'float32']);
  });

  it('find no extremes while they run where scales are fixed', () => {
    const original = ranker();
    expect(count(int8Graph(original, { ranges: rangesOf(original) }), 'DynamicQuantizeLinear')).toBe(0);
  });

  it('of 16 bits keep normalisation and softmax in 32', () => {
    for (const node of liveNodes(halfGraph(ranker()))) {
      if (['LayerNormalization', 'Softmax', 'ReduceSum'].includes(node.op)) expect(node.inputs.map((v) => v?.dtype)).not.toContain('float16');
      if (node.op === 'Gemm') expect(node.inputs.map((v) => v?.dtype)).not.toContain('float32');
    }
  });
});
