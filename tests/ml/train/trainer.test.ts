import { inWorker } from '../../support/in-worker';

interface Trained {
  groupings: { loss: number; gradient: number }[];
  meanError: number;
  untouched: number;
  before: number;
  goesOn: number;
  incomplete: string;
  nothing: string;
  trained: string[];
  rates: Record<string, { rate: number; decay: boolean }>;
}

describe('a trainer', () => {
  let trained: Trained;
  beforeAll(async () => {
    trained = await inWorker<Trained>('trainer');
  }, 60_000);

  it('gets the same loss and gradient from a batch however it is cut up', () => {
    for (const { loss, gradient } of trained.groupings) {
      expect(loss).toBeLessThan(1e-5);
      expect(gradient).toBeLessThan(1e-5);
    }
  });

  it('averages the weights of the steps it is told to, and goes on with its own', () => {
    expect(trained.meanError).toBeLessThan(1e-6);
    expect(trained.untouched).toBe(0);
    expect(trained.before).toBe(0);
  });

  it('goes on from restored state as the original does, to the last bit', () => {
    expect(trained.goesOn).toBe(0);
  });

  it('refuses state that lacks a tensor, and a step of nothing', () => {
    expect(trained.incomplete).toBe('INTERNAL The checkpoint does not hold second.ln_f.bias as 8 floats. This is a bug in Adloom.');
    expect(trained.nothing).toBe('INTERNAL A training step without a batch. This is a bug in Adloom.');
  });

  it('trains what is told, decays matrices alone, and gives parameters rates of their own', () => {
    expect(trained.trained).toEqual(['wide.text', 'wide.prefix', 'wide.bias']);
    expect(trained.rates).toEqual({
      'wide.text': { rate: 0.5, decay: true },
      'wide.prefix': { rate: 1, decay: true },
      'wide.bias': { rate: 1, decay: false },
    });
  });
});
