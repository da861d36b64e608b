import { createRng } from '../../../src/base/rng';
import { initialise } from '../../../src/ml/gpt2/parameters';
import { rankerParameters } from '../../../src/ml/gpt2/ranker';
import { loraSites, type LoraConfig } from '../../../src/ml/lora/sites';
import type { Node } from '../../../src/ml/onnx/graph';
import { adapterProgram, type AdapterDropout } from '../../../src/ml/train/adapter-program';
import { rankerProgram } from '../../../src/ml/train/programs';

/** Extents that no two kinds of tensor share, so that a shape tells what a tensor is. */
const BODY = { vocabulary: 97, positions: 31, channels: 12, layers: 3, heads: 2, inner: 40, layerNormEpsilon: 1e-5 };
const SHAPE = { body: BODY, wide: { buckets: 19, dimensions: 5 }, grams: { rows: 23, behindPrefix: 0.5 } };
const CONFIG: LoraConfig = { rank: 3, alpha: 6, dropout: 0, targets: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'], head: true };
const BASE = initialise(rankerParameters(SHAPE), BODY, createRng(1));

/** Parameters of the base that the gradient must never have the shape of. */
const FROZEN = new Set(rankerParameters(SHAPE).filter(({ name, shape }) => shape.length > 1 && name !== 'score.weight').map(({ shape }) => shape.join()));

function program(config: Partial<LoraConfig> = {}, dropout?: AdapterDropout) {
  const merged = { ...CONFIG, ...config };
  return adapterProgram({ shape: SHAPE, base: BASE, sites: loraSites(merged, BODY), head: merged.head }, dropout);
}

/** The nodes that the gradient added: all behind the last one that the loss needs. */
function backward(nodes: readonly Node[], loss: string): Node[] {
  return nodes.slice(nodes.findIndex((node) => node.outputs.some((v) => v.name === loss)) + 1);
}

const backwardOf = (made: ReturnType<typeof program>): Node[] => backward(made.graph.nodes, made.graph.outputs.find((o) => o.name === 'loss')!.value.name);
const count = (nodes: readonly Node[], op: string): number => nodes.filter((node) => node.op === op).length;

describe('the training graph of an adapter', () => {
  it('learns the adapter and the head, and nothing else', () => {
    const { trained, parameters } = program();
    expect(trained).toHaveLength(BODY.layers * 4 * 2 + 1);
    expect(trained.filter((name) => !/\.lora_[AB]$/.test(name))).toEqual(['score.weight']);
    expect(parameters.map((p) => p.name)).toEqual(trained);
    expect(program({ head: false }).trained.filter((name) => !/\.lora_[AB]$/.test(name))).toEqual([]);
  });

  it('computes no gradient of a frozen weight', () => {
    const gradients = backwardOf(program()).filter((node) => node.op !== 'Transpose').flatMap((node) => node.outputs).filter((v) => FROZEN.has(v.shape.join()));
    expect(gradients.map((v) => `${v.name} [${v.shape.join(', ')}]`)).toEqual([]);
    // The same look at full training finds one of each: the look can fail.
    const full = rankerProgram(SHAPE, 'all');
    const found = backward(full.graph.nodes, full.graph.outputs.find((o) => o.name === 'loss')!.value.name).flatMap((node) => node.outputs);
    expect(new Set(found.map((v) => v.shape.join()).filter((s) => FROZEN.has(s)))).toEqual(FROZEN);
  });

  it('spends on each adapted layer its own products and the way down, and no more', () => {
    // Down through a layer: dy W^T, dy B, and that times A; its own: dA, dB. The lowest layer needs no way down to what feeds it.
    const gemms = count(backwardOf(program()), 'Gemm');
    const layers = BODY.layers * 4;
    expect(gemms).toBe(layers * 5 - 2 + 2); // without dy W^T and (dy B) A of the lowest; with the head's two
  });

  it('goes no deeper than the lowest adapted block', () => {
    const [top, middle, all] = [[2], [1], undefined].map((layers) => backwardOf(program({ layers })));
    expect(top!.length).toBeLessThan(middle!.length);
    expect(middle!.length).toBeLessThan(all!.length);
    const shallow = { ...SHAPE, body: { ...BODY, layers: 1 } };
    const one = adapterProgram({ shape: shallow, base: initialise(rankerParameters(shallow), shallow.body, createRng(1)), sites: loraSites(CONFIG, shallow.body), head: true });
    expect(top!.map((node) => node.op)).toEqual(backwardOf(one).map((node) => node.op));
  });

  it('gives every mask a stream of its own', () => {
    const { graph } = program({}, { body: 0.1, adapter: 0.2, seed: 7 });
    const masks = graph.nodes.filter((node) => node.op === 'Dropout').map((node) => node.attributes.seed as number);
    expect(masks).toHaveLength(1 + BODY.layers * 2 + BODY.layers * 4);
    const sorted = masks.toSorted((a, b) => a - b);
    expect(Math.min(...sorted.slice(1).map((seed, i) => seed - sorted[i]!))).toBeGreaterThanOrEqual(1 << 20);
    expect(Math.max(...masks)).toBeLessThan(2 ** 31);
  });

  it('has no mask where none is asked for', () => {
    expect(count(program().graph.nodes, 'Dropout')).toBe(0);
    expect(count(program({}, { body: 0, adapter: 0.2, seed: 7 }).graph.nodes, 'Dropout')).toBe(BODY.layers * 4);
  });
});
