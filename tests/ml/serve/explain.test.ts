import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { lazyExplainer } from '../../../src/ml/serve/open-explainer';
import type { ScoreExplanation } from '../../../src/ml/serve/types';
import { CTR, editJson, ModelDirectories } from './model-directories';

const directories = new ModelDirectories();
afterAll(() => directories.remove());

const PAIR = { prefix: 'Trail running shoes | Rain jacket', text: 'Mud is part of the plan' };
const logOdds = (p: number): number => Math.log(p / (1 - p));
const sumOf = ({ words }: ScoreExplanation): number => words.reduce((sum, word) => sum + word.contribution, 0);

describe('a scorer explains its scores', () => {
  it('in log-odds of the calibrated probability, behind a prefix and without one', async () => {
    const scorer = await directories.scorer(CTR);
    for (const pair of [PAIR, { prefix: '', text: PAIR.text }]) {
      const explanation = await scorer.explain(pair);
      const [score] = (await scorer.score({ prefix: pair.prefix, texts: [pair.text] })).scores;
      expect(explanation.score.probability).toBeCloseTo(score!.probability, 4);
      expect(explanation.score.uncertainty).toBe(score!.uncertainty);
      const { score: own, baseline, difference, parts } = explanation;
      expect(difference).toBeCloseTo(logOdds(own.probability) - logOdds(baseline.probability), 6);
      expect(Math.abs(sumOf(explanation) - difference)).toBeLessThanOrEqual(explanation.gap * Math.max(Math.abs(difference), 0.05) + 1e-9);
      expect(explanation.gap).toBeLessThanOrEqual(0.02);
      expect(parts.deep + parts.wide + parts.grams + parts.nearness).toBeCloseTo(difference, 6);
      expect(explanation.words.some((word) => word.source === 'PREFIX')).toBe(pair.prefix !== '');
      expect(explanation.timing.inferenceMs).toBeGreaterThan(0);
    }
  });

  it('the same twice, and many at once, while it scores', async () => {
    const scorer = await directories.scorer(CTR);
    const [first, ...others] = await Promise.all([scorer.explain(PAIR), scorer.explain(PAIR), scorer.score({ prefix: '', texts: ['a'] }), scorer.explain(PAIR)]);
    for (const other of [others[0], others[2]] as ScoreExplanation[]) expect(other.words).toEqual(first.words);
  });

  it('until it is cancelled or closed', async () => {
    const scorer = await directories.scorer(CTR);
    const abort = new AbortController();
    const waiting = [scorer.explain(PAIR), scorer.explain(PAIR, { signal: abort.signal })];
    setTimeout(() => abort.abort(), 5);
    await expect(waiting[1]).rejects.toMatchObject({ code: 'CANCELLED' });
    expect((await waiting[0]!).words.length).toBeGreaterThan(5);
    await scorer.close();
    await expect(scorer.explain(PAIR)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', message: 'The model has been closed.' });
  });
});

describe('the thread of explanations', () => {
  it('refuses files that are not those of the model in use any more, and tries again when asked again', async () => {
    const directory = directories.copyOf(CTR);
    const { identity, explain } = await directories.scorer(directory);
    editJson(join(directory, 'calibration.json'), (json) => ({ ...json, withPrefix: { slope: 2, intercept: 0, deviation: 0 } }));
    await expect(explain(PAIR)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', message: expect.stringContaining(`the one in use is ${identity.id}`) });
    rmSync(join(directory, 'model.safetensors'));
    await expect(explain(PAIR)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  it('ends when idle and starts anew', async () => {
    const { identity } = await directories.scorer(CTR);
    const explainer = lazyExplainer(CTR, { id: identity.id, threads: 1, idleMs: 20 });
    const first = await explainer.explain(PAIR);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await explainer.explain(PAIR)).words).toEqual(first.words);
    await explainer.close();
    await explainer.close();
  });

  it('answers what it has begun when it is to end, and refuses what it has not, so that nobody waits for what never comes', async () => {
    const { identity } = await directories.scorer(CTR);
    const explainer = lazyExplainer(CTR, { id: identity.id, threads: 1 });
    const [first, ...others] = Array.from({ length: 10 }, () => explainer.explain(PAIR));
    explainer.endSoon(0);
    const refused = { code: 'MODEL_UNAVAILABLE', message: 'The program is stopping; this explanation was not begun.' };
    expect(await Promise.all(others.map((other) => other.catch((error: unknown) => error)))).toMatchObject(others.map(() => refused));
    expect((await first!).words.length).toBeGreaterThan(5);
    await expect(explainer.explain(PAIR)).rejects.toMatchObject(refused);
    await explainer.close();
  });

  it('takes only so many calls, and says so', async () => {
    const { identity } = await directories.scorer(CTR);
    const explainer = lazyExplainer(CTR, { id: identity.id, threads: 1 });
    const calls = Array.from({ length: 65 }, () => explainer.explain({ prefix: '', text: 'rain' }));
    await expect(calls.at(-1)).rejects.toMatchObject({ code: 'OVERLOADED', hint: expect.stringContaining('Ask again') });
    expect((await Promise.all(calls.slice(0, -1))).length).toBe(64);
    await explainer.close();
  });
});
