import { createRng } from '../../../src/base/rng';
import { buildLanguageModelGraph, buildRankerGraph } from '../../../src/ml/gpt2/inference-graphs';
import { buildContinuationGraph } from '../../../src/ml/gpt2/continuation-graph';
import { bodyParameters, initialise } from '../../../src/ml/gpt2/parameters';
import { rankerParameters, type RankerShape } from '../../../src/ml/gpt2/ranker';
import { Graph } from '../../../src/ml/onnx/graph';
import { add, mul, scale } from '../../../src/ml/onnx/ops';
import { liveNodes } from '../../../src/ml/onnx/serialize';
import { structuralHash } from '../../../src/ml/onnx/structural-hash';
import { classifierProgram, languageModelProgram, rankerProgram } from '../../../src/ml/train/programs';

const CONFIG = { vocabulary: 50, positions: 32, channels: 16, layers: 2, heads: 4, inner: 64, layerNormEpsilon: 1e-5 };
const WIDE = { buckets: 64, dimensions: 4 };
const DROPOUT = { ratio: 0.1, seed: 1 };
const shapes: Record<string, RankerShape> = {
  'GPT-2': { body: CONFIG },
  'the wide part': { wide: WIDE },
  both: { body: CONFIG, wide: WIDE },
  all: { body: CONFIG, wide: WIDE, grams: { rows: 64, behindPrefix: 0.5 } },
};
const weightsOf = (shape: RankerShape): ReturnType<typeof initialise> => initialise(rankerParameters(shape), CONFIG, createRng(1));

const graphs: [string, () => Graph][] = [
  ['language-model training', () => languageModelProgram(CONFIG).graph],
  ['language-model training with dropout', () => languageModelProgram(CONFIG, DROPOUT).graph],
  ['classifier training', () => classifierProgram(CONFIG).graph],
  ...Object.entries(shapes).flatMap(([name, shape]): [string, () => Graph][] => [
    [`ranker training, ${name}`, () => rankerProgram(shape, 'all', DROPOUT).graph],
    [`ranker inference, ${name}`, () => buildRankerGraph(shape, weightsOf(shape))],
  ]),
  ['ranker training, both, the wide part alone learning', () => rankerProgram(shapes['both']!, 'wide').graph],
  ['language-model inference', () => buildLanguageModelGraph(CONFIG, initialise(bodyParameters(CONFIG), CONFIG, createRng(1)))],
  ['continuation', () => buildContinuationGraph(CONFIG, initialise(bodyParameters(CONFIG), CONFIG, createRng(1)))],
];

describe('the graphs that the product runs', () => {
  // A changed hash is a changed computation. Where that is meant, prove the new one (tests/ml) and update the snapshot.
  it.each(graphs)('compute what they did: %s', (_, build) => {
    const graph = build();
    expect(`${structuralHash(graph)}, ${liveNodes(graph).length} nodes`).toMatchSnapshot();
  });

  it.each(graphs)('are the same every time they are built: %s', (_, build) => {
    expect(structuralHash(build())).toBe(structuralHash(build()));
  });

  it('draw the dropout masks of each node from a stream of its own', () => {
    const { graph } = languageModelProgram(CONFIG, DROPOUT);
    const seeds = graph.nodes.filter((node) => node.op === 'Dropout').map((node) => node.attributes['seed'] as number).sort((a, b) => a - b);
    expect(seeds).toHaveLength(2 * CONFIG.layers + 1);
    // The runtime counts a seed up by one with every run: streams must not meet within a session.
    seeds.slice(1).forEach((seed, i) => expect(seed - seeds[i]!).toBeGreaterThan(100_000));
  });

  it('spend nothing on frozen weights', () => {
    const nodes = (trained: 'all' | 'wide'): number => liveNodes(rankerProgram(shapes['both']!, trained).graph).length;
    expect(nodes('wide')).toBeLessThan(0.6 * nodes('all'));
  });
});

describe('the structural hash', () => {
  const build = (change: { names?: string; shape?: number[]; factor?: number; order?: boolean; unused?: boolean; output?: string } = {}): string => {
    const g = new Graph(change.names ?? 'g');
    const x = g.input(`${change.names ?? ''}x`, 'float32', change.shape ?? [2, 3]);
    const y = g.input(`${change.names ?? ''}y`, 'float32', change.shape ?? [2, 3]);
    if (change.unused) add(g, x, y);
    const product = change.order ? mul(g, y, x) : mul(g, x, y);
    g.output(change.output ?? 'z', scale(g, product, change.factor ?? 2));
    return structuralHash(g);
  };

  it('does not see names of values, nor nodes that no output needs', () => {
    expect(build({ names: 'other' })).toBe(build());
    expect(build({ unused: true })).toBe(build());
  });

  it('sees shapes, wiring, small constants and names of outputs', () => {
    const hashes = [build(), build({ shape: [3, 2] }), build({ order: true }), build({ factor: 3 }), build({ output: 'w' })];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
