import { createRng } from '../../../src/base/rng';
import { best, gateFigures, LEAST_TOP1, marginOf, objections, type GroupScores } from '../../../src/ml/precision/gate';
import { inWorker } from '../../support/in-worker';

const probability = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Groups of 50, with a build whose scores are off by normal noise. */
function noisy(groups: number, noise: number, { shared = 0, seed = 1 } = {}): GroupScores[] {
  const rng = createRng(seed);
  return Array.from({ length: groups }, () => {
    const exact = Array.from({ length: 50 }, () => rng.normal());
    const common = shared * rng.normal();
    return { exact, build: exact.map((v) => v + common + noise * rng.normal()), probability };
  });
}

describe('the gate', () => {
  it('lets a build pass that is float32 itself, at its full figures', () => {
    const figures = gateFigures(noisy(50, 0), 0);
    expect(figures).toMatchObject({ top1: 1, top1Alone: 1, ece: 0, error: 0, again: 0, groups: 50, candidates: 2500 });
    expect(objections(figures)).toEqual([]);
  });

  it('counts winners strictly: another candidate as good as the best is another candidate', () => {
    const groups = [{ exact: [1, 1.0000001], build: [1.0000001, 1], probability }, { exact: [2, 1], build: [2, 1], probability }];
    expect(gateFigures(groups, 0).top1).toBe(0.5);
  });

  it('refuses what loses winners, naming the figures', () => {
    const [refusal] = objections(gateFigures(noisy(400, 0.2), 0));
    expect(refusal).toMatch(/^it kept the winner of \d+\.\d % of 400 groups; 99 % are required$/);
  });

  it('refuses what keeps winners and bends probabilities', () => {
    const groups = noisy(100, 0).map((g) => ({ ...g, build: Array.from(g.exact, (v) => v + 0.2) }));
    const figures = gateFigures(groups, 0);
    expect(figures.top1).toBe(1);
    expect(figures.error).toBeCloseTo(0, 10);
    expect(objections(figures)).toEqual([expect.stringMatching(/^its probabilities are 0\.0\d+ off those of float32; 0\.005 is allowed$/)]);
  });

  it('lets nothing pass whose figures are no numbers', () => {
    const groups = [{ exact: [1, 2], build: [Number.NaN, Number.NaN], probability: () => 0.5 }];
    expect(objections({ ...gateFigures(noisy(1, 0), 0), top1: Number.NaN, ece: Number.NaN })).toHaveLength(2);
    expect(gateFigures(groups, 0).error).toBeNaN();
  });

  it('keeps nearly all winners by running close races again, few candidates in all, where a build alone would lose some', () => {
    const margin = marginOf(noisy(200, 0.02, { seed: 2, shared: 0.1 }));
    const figures = gateFigures(noisy(1000, 0.02), margin);
    expect(margin / 0.02).toBeGreaterThan(5);
    expect(margin / 0.02).toBeLessThan(6);
    expect(figures.top1Alone).toBeLessThan(LEAST_TOP1);
    expect(figures.top1).toBeGreaterThan(0.999);
    expect(figures.again).toBeLessThan(0.03);
  });

  it('refuses the ranker with weights of three values and lets its 8-bit build pass', async () => {
    const scores = await inWorker<Record<'exact' | 'fine' | 'coarse', number[][]>>('precision', { task: 'gate', runs: 60 });
    const groupsOf = (name: 'fine' | 'coarse'): GroupScores[] => scores.exact.map((exact, i) => ({ exact, build: scores[name][i]!, probability }));
    const [fine, coarse] = [groupsOf('fine'), groupsOf('coarse')];
    expect(fine.length).toBe(240);
    expect(objections(gateFigures(coarse, 0))).not.toEqual([]);
    expect(objections(gateFigures(fine.slice(40), marginOf(fine.slice(0, 40))))).toEqual([]);
  });

  it('names the first of equals the best', () => {
    expect([best([1, 3, 3, 2]), best([5])]).toEqual([1, 0]);
  });
});
