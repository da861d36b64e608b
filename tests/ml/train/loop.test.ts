import type { LoopReport, LoopSettings } from '../../../src/ml/train/loop';
import { documents, examples, languageModelJob, largestDifference, fingerprints, rankingJob, train, TrainingFolders } from './small-jobs';

const folders = new TrainingFolders();
afterAll(() => folders.remove());

describe('the training loop', () => {
  it('learns', async () => {
    const evaluations: number[] = [];
    const result = await train(languageModelJob({ checkpoints: folders.next(), epochs: 30, schedule: { peak: 2e-2, warmup: 5, floor: 0.1 } }, { dropout: 0 }), (report) => {
      if (report.evaluation) evaluations.push(report.evaluation.loss);
    });
    expect(evaluations[0]).toBeGreaterThan(2);
    expect(result.evaluation.loss).toBeLessThan(1);
    expect(result.evaluation['perplexity']).toBeCloseTo(Math.exp(result.evaluation.loss), 5);
  });

  it('teaches a ranker which of a pair is better', async () => {
    const training = [{ name: 'choices', examples: examples(60, 1), share: 1 }];
    const job = rankingJob({ checkpoints: folders.next(), epochs: 20 }, { training, validation: training, dropout: 0 });
    const result = await train(job);
    expect(result.evaluation['choices.pairs']).toBeGreaterThan(0.8);
  });

  it('lets a set of choices count as much as told', async () => {
    const choices = { name: 'choices', examples: examples(24, 1), share: 1 };
    // The same choices with the better and the worse exchanged: what is learnt is what counts more.
    const reversed = { name: 'reversed', share: 1, examples: choices.examples.map((e) => ({ ...e, points: e.points.map(() => ({ target: 0, weight: 0 })), pairs: e.pairs.map((p) => ({ ...p, target: 0 })) })) };
    const learnt = async (a: number, b: number): Promise<number> => {
      const training = [{ ...choices, weight: a }, { ...reversed, weight: b }];
      const { evaluation } = await train(rankingJob({ checkpoints: folders.next(), epochs: 12 }, { training, validation: [choices], dropout: 0, balance: { points: 0, pairs: 1 } }));
      return evaluation['choices.pairs']!;
    };
    expect(await learnt(1, 0.05)).toBeGreaterThan(0.75);
    expect(await learnt(0.05, 1)).toBeLessThan(0.6);
  });

  it('trains the wide part alone where told, and leaves the rest as it is', async () => {
    const job = rankingJob({ checkpoints: folders.next(), epochs: 2 }, { trained: 'wide' });
    const { weights } = await train(job);
    const changed = [...weights].filter(([name, { data }]) => data.some((v, i) => v !== job.weights.get(name)!.data[i])).map(([name]) => name);
    expect(changed).toEqual(expect.arrayContaining(['wide.text', 'wide.prefix']));
    expect(changed.filter((name) => !name.startsWith('wide.'))).toEqual([]);
  });

  it('goes through epochs that differ in their number of batches', async () => {
    const varied = [{ name: 'choices', examples: [...examples(40, 1), ...examples(3, 9).map((e) => ({ ...e, prefix: new Int32Array(10) }))], share: 0.3 }];
    for (const accumulate of [1, 3]) {
      const job = rankingJob({ checkpoints: folders.next(), epochs: 12, accumulate, averageFrom: 1 }, { training: varied });
      const steps: number[] = [];
      const result = await train(job, (report) => report.kind === 'step' && steps.push(report.step));
      expect(steps).toEqual(Array.from({ length: result.steps }, (_, i) => i + 1));
    }
  });

  it('sums the gradients of several batches to that of one large one', async () => {
    // Two batches of eight documents of one length, or one of sixteen: one step, the same step.
    const of = (batchTokens: number, accumulate: number): ReturnType<typeof languageModelJob> =>
      languageModelJob({ checkpoints: folders.next(), epochs: 1, accumulate, averageFrom: 1 }, { training: documents(16, 4, 9), dropout: 0, batchTokens });
    const [one, two] = [await train(of(16 * 8, 1)), await train(of(8 * 8, 2))];
    expect([one.steps, two.steps]).toEqual([1, 1]);
    // Adam's first step has the size of the learning rate whatever the gradient; weights without influence are rounding noise.
    const loose = [...one.weights].filter(([name]) => !name.endsWith('attn.c_attn.bias'));
    expect(largestDifference(new Map(loose), two.weights)).toBeLessThan(1e-4);
  });

  it('stops early and returns the weights that validated best', async () => {
    const seen: LoopReport[] = [];
    const job = languageModelJob({ checkpoints: folders.next(), epochs: 200, evaluateEvery: 5, patience: 3, averageFrom: 1, schedule: { peak: 0.05, warmup: 0, floor: 1 } });
    const result = await train(job, (report) => report.kind === 'evaluation' && seen.push(report));
    const losses = seen.map((report) => report.evaluation!.loss);
    expect(result.stoppedEarly).toBe(true);
    expect(result.steps).toBeLessThan(seen[0]!.steps);
    expect(result.evaluation.loss).toBe(Math.min(...losses));
    expect(losses.indexOf(result.evaluation.loss)).toBe(losses.length - 4);
  });

  it('returns the running mean of the weights where it validates better than the last ones', async () => {
    const settings = { epochs: 10, averageFrom: 0.2, evaluateEvery: 1000, schedule: { peak: 0.05, warmup: 0, floor: 1 } };
    const last: LoopReport[] = [];
    const result = await train(languageModelJob({ checkpoints: folders.next(), ...settings }), (report) => report.kind === 'evaluation' && last.push(report));
    // At the end both are tried.
    expect(last).toHaveLength(2);
    expect(last[0]!.evaluation!.loss).not.toBe(last[1]!.evaluation!.loss);
    expect(result.evaluation.loss).toBe(Math.min(...last.map((report) => report.evaluation!.loss)));
  });

  it('ends with the weights it stands at where told to keep the last, whatever validated better', async () => {
    // Two documents are learnt by heart, and the others the worse for it.
    const of = (settings: Partial<LoopSettings>): ReturnType<typeof languageModelJob> =>
      languageModelJob({ checkpoints: folders.next(), epochs: 40, averageFrom: 1, schedule: { peak: 0.05, warmup: 0, floor: 1 }, ...settings }, { training: documents(2, 1), dropout: 0 });
    const losses: number[] = [];
    const kept = await train(of({ keep: 'last', evaluateEvery: 5, patience: 1 }), (report) => report.evaluation && losses.push(report.evaluation.loss));
    expect(kept.stoppedEarly).toBe(false);
    expect(kept.evaluation.loss).toBe(losses.at(-1));
    expect(kept.evaluation.loss).toBeGreaterThan(Math.min(...losses));
    // One validation, at the end: the only one is the best.
    const end = await train(of({ evaluateEvery: 1000 }));
    expect(fingerprints(kept.weights)).toEqual(fingerprints(end.weights));
  });

  it('ends with the running mean where told to keep the last and averaging was on, and validates nothing else', async () => {
    // A mean over a run that goes steadily downhill lags behind its end.
    const settings = { epochs: 4, averageFrom: 0, evaluateEvery: 1000 };
    const losses = async (keep: 'best' | 'last'): Promise<{ seen: number[]; given: number }> => {
      const seen: number[] = [];
      const { evaluation } = await train(languageModelJob({ checkpoints: folders.next(), ...settings, keep }), (report) => report.evaluation && seen.push(report.evaluation.loss));
      return { seen, given: evaluation.loss };
    };
    const [mean, present] = (await losses('best')).seen as [number, number];
    expect(mean).toBeGreaterThan(present);
    expect(await losses('last')).toEqual({ seen: [mean], given: mean });
  });

  it('reports every step with its rate, its speed and what is left', async () => {
    const reports: LoopReport[] = [];
    const result = await train(languageModelJob({ checkpoints: folders.next(), epochs: 3 }), (report) => reports.push(report));
    const steps = reports.filter((report) => report.kind === 'step');
    expect(steps.map((report) => report.step)).toEqual(Array.from({ length: result.steps }, (_, i) => i + 1));
    expect(steps[0]!.rate).toBeCloseTo(1e-2 / 3, 10);
    for (const report of steps) {
      expect(report).toMatchObject({ steps: result.steps, epoch: expect.any(Number), loss: expect.any(Number) });
      expect(report.tokensPerSecond).toBeGreaterThan(0);
      expect(report.secondsLeft).toBeGreaterThanOrEqual(0);
    }
    expect(steps.at(-1)!.secondsLeft).toBe(0);
  });

  it('gives another result for another seed', async () => {
    const [a, b] = [await train(languageModelJob({ checkpoints: folders.next(), epochs: 2 })), await train(languageModelJob({ checkpoints: folders.next(), epochs: 2, seed: 6 }))];
    expect(fingerprints(a.weights)).not.toEqual(fingerprints(b.weights));
  });
});
