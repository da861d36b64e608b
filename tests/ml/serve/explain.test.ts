import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gramFeatures } from '../../../src/ml/gpt2/grams';
import { writeAdapterDirectory } from '../../../src/ml/lora/adapter-directory';
import { pairWeights } from '../../../src/ml/lora/pairs';
import { termFeatures } from '../../../src/ml/lora/terms';
import type { WordWeights } from '../../../src/ml/lora/words';
import type { AdaptableScorer } from '../../../src/ml/serve/adapter-types';
import { lazyExplainer } from '../../../src/ml/serve/open-explainer';
import type { ScoreExplanation } from '../../../src/ml/serve/types';
import { Folders, rankerBase, stirredAdapter } from '../lora/adapters';
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
      expect(parts.learnt).toBe(0);
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

describe('a scorer explains what an adapter made of its scores', () => {
  const folders = new Folders();
  afterAll(() => folders.remove());
  const CALIBRATION = { withPrefix: { slope: 0.5, intercept: 1, deviation: 0.125 }, withoutPrefix: { slope: 0.5, intercept: 0, deviation: 0.25 } };
  /** Words of the text, and of two of them together, at half the base's trust. */
  const words = (ofBase?: number): WordWeights => {
    const rows = (ofBase === undefined ? termFeatures(PAIR.text) : gramFeatures(PAIR.text, ofBase)).rows.toSorted();
    const weights = Float32Array.from(rows, (_, i) => Math.sin(i));
    return ofBase === undefined ? { rows, weights, trust: 0.5, together: pairWeights([{ first: rows[0]!, second: rows[5]!, weight: 4 }]) } : { rows, weights, trust: 0.5, ofBase: true };
  };
  const saved = async (change: { layers: boolean; words?: WordWeights }): Promise<string> => {
    const base = await rankerBase(CTR);
    const directory = folders.next();
    const adapter = stirredAdapter(base, 5, { head: change.layers }, change.layers ? 0.3 : 0);
    await writeAdapterDirectory(directory, { ...adapter, ...(change.words && { words: change.words }) }, { base: { hash: base.hash, name: 'ctr' }, dropout: 0, files: { 'calibration.json': JSON.stringify(CALIBRATION) } });
    return directory;
  };

  it.each([
    ['of words', async () => saved({ layers: false, words: words() })],
    ['of words as an earlier version read them', async () => saved({ layers: false, words: words((await rankerBase(CTR)).gramRows) })],
    ['of layers', async () => saved({ layers: true })],
    ['of both', async () => saved({ layers: true, words: words() })],
  ])('%s: under its own calibration, words and parts sum to the difference', async (name, made) => {
    const scorer = (await directories.scorer(CTR)) as AdaptableScorer;
    const { id } = await scorer.loadAdapter(await made());
    for (const pair of [PAIR, { prefix: '', text: PAIR.text }]) {
      const explanation = await scorer.explain({ ...pair, adapter: id });
      const [score] = (await scorer.score({ prefix: pair.prefix, texts: [pair.text], adapter: id })).scores;
      expect(explanation.score.logit).toBeCloseTo(score!.logit, 3);
      expect(explanation.score.uncertainty).toBe(score!.uncertainty);
      const { difference, parts, gap } = explanation;
      expect(difference).toBeCloseTo(0.5 * (explanation.score.logit - explanation.baseline.logit), 9);
      expect(gap).toBeLessThanOrEqual(0.02);
      expect(Math.abs(sumOf(explanation) - difference)).toBeLessThanOrEqual(gap * Math.max(Math.abs(difference), 0.05) + 1e-9);
      expect(parts.deep + parts.wide + parts.grams + parts.nearness + parts.learnt).toBeCloseTo(difference, 6);
      expect(parts.learnt === 0).toBe(name === 'of layers');
    }
    const plain = await scorer.explain(PAIR);
    expect(plain.score.logit).toBeCloseTo((await scorer.score({ prefix: PAIR.prefix, texts: [PAIR.text] })).scores[0]!.logit, 4);
    expect(plain.parts.learnt).toBe(0);
  });

  it('and of no adapter that is unknown, or whose files are others now or gone', async () => {
    const scorer = (await directories.scorer(CTR)) as AdaptableScorer;
    await expect(scorer.explain({ ...PAIR, adapter: 'nobody' })).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
    const directory = await saved({ layers: false, words: words() });
    const { id } = await scorer.loadAdapter(directory);
    writeFileSync(join(directory, 'calibration.json'), JSON.stringify({ ...CALIBRATION, withPrefix: CALIBRATION.withoutPrefix }));
    await expect(scorer.explain({ ...PAIR, adapter: id })).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE', message: expect.stringContaining('now holds') });
    rmSync(directory, { recursive: true });
    await expect(scorer.explain({ ...PAIR, adapter: id })).rejects.toMatchObject({ code: 'ADAPTER_UNAVAILABLE' });
    expect((await scorer.explain(PAIR)).words.length).toBeGreaterThan(5);
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
