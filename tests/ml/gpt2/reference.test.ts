import { inWorker } from '../../support/in-worker';

interface Compared {
  logitError: number;
  loss: number;
  losses: number[];
  reference: { loss: number; losses: number[] };
  gradientErrors: Record<string, number>;
  normErrors: { step: number; name: string; error: number }[];
  after: Record<string, number>;
}

/** The key third of this bias has no influence: its gradient is rounding noise, which Adam enlarges to full steps. */
const NOISE = /attn\.c_attn\.bias$/;

describe.each(['language-model', 'classifier'])('a %s saved by transformers', (head) => {
  let compared: Compared;
  beforeAll(async () => {
    compared = await inWorker<Compared>('reference', { head });
  }, 60_000);

  it('gives the logits that PyTorch gives', () => {
    expect(compared.logitError).toBeLessThan(1e-4);
  });

  it('gives the same loss', () => {
    expect(Math.abs(compared.loss - compared.reference.loss)).toBeLessThan(1e-5);
  });

  it('gives the same gradient for every parameter', () => {
    const wrong = Object.entries(compared.gradientErrors).filter(([, error]) => !(error < 1e-4));
    expect(wrong).toEqual([]);
  });

  it('learns as PyTorch does over ten AdamW steps', () => {
    compared.reference.losses.forEach((loss, step) => expect(Math.abs(compared.losses[step]! - loss)).toBeLessThan(1e-4));
    expect(compared.normErrors.filter(({ name, error }) => !(error < 1e-4) && !NOISE.test(name))).toEqual([]);
    expect(Object.entries(compared.after).filter(([name, error]) => !(error < 1e-3) && !NOISE.test(name))).toEqual([]);
  });
});
