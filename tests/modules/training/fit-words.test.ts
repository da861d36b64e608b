import { createRng } from '../../../src/base/rng';
import { wordScorer } from '../../../src/ml/lora/words';
import { gramFeatures } from '../../../src/ml/gpt2/grams';
import type { Choice } from '../../../src/modules/training/choices';
import { fitWords, type WordsFit } from '../../../src/modules/training/fit-words';

const CURVE = { slope: 0.5, intercept: -2 };
const OPTIONS = { curves: { withProfile: CURVE, withoutProfile: CURVE }, rows: 4_096 };
const fit = (choices: readonly Choice[], logits = choices.map(() => 0)): WordsFit => fitWords(choices, logits, OPTIONS);

/** People click "early" three times as often. */
function log(count: number): Choice[] {
  const rng = createRng(8);
  return Array.from({ length: count }, (_, i) => {
    const when = rng.next() < 0.5 ? 'early' : 'late';
    return { profile: `map ${i % 20}`, text: `Leave ${when} with us`, clicked: rng.next() < (when === 'early' ? 0.3 : 0.1) };
  });
}

describe('words from a log', () => {
  it('count for what is clicked more than the model says, by about as much as it is', () => {
    const { words, intercept } = fit(log(4_000));
    const score = wordScorer(words);
    const oddsOf = (text: string): number => CURVE.slope * score(gramFeatures(text, OPTIONS.rows)) + CURVE.intercept + intercept;
    expect(1 / (1 + Math.exp(-oddsOf('Leave early with us')))).toBeCloseTo(0.3, 1);
    expect(1 / (1 + Math.exp(-oddsOf('Leave late with us')))).toBeCloseTo(0.1, 1);
  });

  it('count for nothing where the model says it already', () => {
    const choices = log(4_000);
    const known = choices.map(({ text }) => (text.includes('early') ? Math.log(0.3 / 0.7) : Math.log(0.1 / 0.9)) / CURVE.slope);
    const size = ({ words }: WordsFit): number => Math.hypot(...words.weights);
    expect(size(fit(choices, known))).toBeLessThan(0.2 * size(fit(choices)));
  });

  it('are the more careful the smaller the log is', () => {
    const size = (count: number): number => Math.hypot(...fit(log(count)).words.weights);
    expect(size(100)).toBeLessThan(size(4_000));
  });

  it('take a choice of weight 2 for two of them', () => {
    const choices = log(200);
    const [weighted, listed] = [fit(choices.map((choice) => ({ ...choice, weight: 2 }))), fit([...choices, ...choices])];
    weighted.words.weights.forEach((weight, i) => expect(weight).toBeCloseTo(listed.words.weights[i]!, 4));
  });

  it('learn to leave the base out where it says nothing of the log, and to keep it where it is right', () => {
    const rng = createRng(3);
    const texts = ['Leave early with us', 'Leave late with us', 'Pack light', 'Start today'];
    const choices = Array.from({ length: 6_000 }, (_, i): Choice & { base: number } => {
      const base = 3 * rng.normal();
      return { profile: `map ${i}`, text: texts[i % 4]!, clicked: rng.next() < 1 / (1 + Math.exp(2 - CURVE.slope * base)), base };
    });
    const trust = (base: readonly number[]): number => fitWords(choices, base, OPTIONS).words.trust!;
    expect(trust(choices.map(({ base }) => base))).toBeCloseTo(1, 1);
    expect(Math.abs(trust(choices.map(() => 3 * rng.normal())))).toBeLessThan(0.15);
  });

  it('stay where they began when the log says nothing against it', () => {
    const choices = log(4_000);
    const learnt = fit(choices).words;
    const again = fitWords(choices.slice(0, 40), choices.slice(0, 40).map(() => 0), { ...OPTIONS, words: learnt }).words;
    const features = gramFeatures('Leave early with us', OPTIONS.rows);
    expect(wordScorer(again)(features)).toBeCloseTo(wordScorer(learnt)(features), 0);
  });
});
