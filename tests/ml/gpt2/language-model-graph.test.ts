import { inWorker } from '../../support/in-worker';

interface Compared {
  errors: Record<string, number>;
  inputs: string[];
  outputs: string[];
}

describe('the language-model graph', () => {
  let compared: Compared;
  beforeAll(async () => {
    compared = await inWorker<Compared>('language-model-graph', { pieces: [[1000], [1], [3], [5, 1, 2]] });
  }, 60_000);

  it('gives the logits of PyTorch, whole or in pieces behind a cache, padded on the left or not', () => {
    expect(Object.keys(compared.errors)).toHaveLength(9);
    expect(Object.entries(compared.errors).filter(([, error]) => !(error < 1e-4))).toEqual([]);
  });

  it('has the inputs and outputs that transformers.js feeds and reads', () => {
    const cache = (part: string): string[] => [0, 1].flatMap((layer) => [`${part}.${layer}.key`, `${part}.${layer}.value`]);
    expect(compared.inputs).toEqual(['input_ids', 'attention_mask', 'position_ids', ...cache('past_key_values')]);
    expect(compared.outputs).toEqual(['logits', ...cache('present')]);
  });
});

test.each(['graphs', 'transformers'])('a head that is not tied to the embeddings is the one that speaks (%s)', async (engine) => {
  expect(await inWorker<number>('own-head', { engine })).toBeLessThan(1e-4);
}, 60_000);
