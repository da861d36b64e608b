import { inWorker } from '../../support/in-worker';

interface Compared {
  logitError: number;
  mergedError: number;
  zeroIsBase: boolean;
  moved: number;
  losses: number[];
  reference: number[];
  gradientErrors: Record<string, number>;
  after: Record<string, number>;
  baseUntouched: boolean;
}

/** whole: every layer and the head; partial: one block, ranks and factors of their own; pattern: a regular expression. */
describe.each([['whole', 17], ['partial', 6], ['pattern', 4]])('an adapter saved by PEFT (%s)', (name, tensors) => {
  let compared: Compared;
  beforeAll(async () => {
    compared = await inWorker<Compared>('lora-reference', { name });
  });

  it('gives the logits that PEFT gives', () => {
    expect(compared.moved).toBeGreaterThan(0.1);
    expect(compared.logitError).toBeLessThan(1e-5);
  });

  it('gives the gradient that PyTorch gives, for every weight of the adapter and for no other', () => {
    expect(Object.keys(compared.gradientErrors)).toHaveLength(tensors);
    expect(Object.entries(compared.gradientErrors).filter(([, error]) => !(error < 1e-4))).toEqual([]);
  });

  it('learns as PyTorch does over ten AdamW steps', () => {
    compared.reference.forEach((loss, step) => expect(Math.abs(compared.losses[step]! - loss)).toBeLessThan(1e-4));
    expect(Object.entries(compared.after).filter(([, error]) => !(error < 1e-3))).toEqual([]);
  });

  it('leaves the base as it was, to the last bit', () => {
    expect(compared.baseUntouched).toBe(true);
  });

  it('gives the same logits merged into the base', () => {
    expect(compared.mergedError).toBeLessThan(1e-5);
  });

  it('is gone without a trace where no adapter is given: the base, to the last bit', () => {
    expect(compared.zeroIsBase).toBe(true);
  });
});
