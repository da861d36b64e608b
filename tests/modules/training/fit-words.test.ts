import { createRng } from '../../../src/base/rng';
import { termFeatures } from '../../../src/ml/lora/terms';
import { wordScorer } from '../../../src/ml/lora/words';
import type { Choice } from '../../../src/modules/training/choices';
import { learnWords } from '../../../src/modules/training/learn-words';
import { fitWords, startLogits, type WordLog, type WordsFit } from '../../../src/modules/training/fit-words';
import { TextFeatures } from '../../../src/modules/training/text-features';

const CURVE = { slope: 0.5, intercept: -2 };
const CURVES = { withProfile: CURVE, withoutProfile: CURVE };
const OPTIONS = { features: new TextFeatures() };
const logOf = (choices: readonly Choice[], base = choices.map(() => 0)): WordLog => ({ choices, base, before: base, curves: CURVES });
const fit = (choices: readonly Choice[], logits = choices.map(() => 0)): WordsFit => fitWords([logOf(choices, logits)], OPTIONS);

const learn = (choices: readonly Choice[]): ReturnType<typeof learnWords> => learnWords({ logs: [{ choices, base: choices.map(() => 0) }], curves: CURVES, ...OPTIONS });

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
    const { words, curves } = learn(log(4_000));
    const oddsOf = (text: string): number => CURVE.slope * wordScorer(words)(termFeatures(text)) + curves[0]!.withProfile.intercept;
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
    const trust = (base: readonly number[]): number => fit(choices, [...base]).words.trust!;
    expect(trust(choices.map(({ base }) => base))).toBeCloseTo(1, 1);
    expect(Math.abs(trust(choices.map(() => 3 * rng.normal())))).toBeLessThan(0.15);
  });

  describe('shown to people who differ in how readily they click', () => {
    const rng = createRng(12);
    // Sixty people, each shown one of two texts that are equally good; those of the second happen to be readier, as few people can be.
    const choices = Array.from({ length: 60 }, (_, person) => {
      const late = person % 2 === 1;
      const readiness = rng.normal() + (late ? 0.4 : 0);
      const other = rng.int(3);
      return Array.from({ length: 60 }, (_, turn): Choice => ({
        profile: `map ${person}`, text: turn % 3 === 0 ? (late ? 'Leave late with us' : 'Leave early with us') : `Pack ${['light', 'well', 'soon'][other]!} today`,
        clicked: rng.next() < 1 / (1 + Math.exp(2 - readiness)),
      }));
    }).flat();

    it('are not credited with those who saw them', () => {
      const apart = ({ words }: { words: WordsFit['words'] }): number => wordScorer(words)(termFeatures('late')) - wordScorer(words)(termFeatures('early'));
      const nobody = choices.map((choice) => ({ ...choice, profile: '' }));
      expect(Math.abs(apart(fit(choices)))).toBeLessThan(0.7 * Math.abs(apart(fit(nobody))));
    });

    it('come with curves at which the clicks of everybody are as many as they were', () => {
      const { words, curves } = learn(choices);
      const score = wordScorer(words);
      const { slope, intercept } = curves[0]!.withProfile;
      const expected = choices.reduce((sum, { text }) => sum + 1 / (1 + Math.exp(-slope * score(termFeatures(text)) - intercept)), 0);
      expect(expected).toBeCloseTo(choices.filter(({ clicked }) => clicked).length, 3);
    });
  });

  it('are not learnt on top of words that an earlier version read', () => {
    const choices = log(40);
    const start = { rows: Int32Array.of(3), weights: Float32Array.of(1), ofBase: true } as const;
    expect(() => learnWords({ logs: [{ choices, base: choices.map(() => 0) }], curves: CURVES, start })).toThrow(expect.objectContaining({ code: 'ADAPTER_INVALID', field: 'from' }));
  });

  it('stay where they began when the log says nothing against it', () => {
    const choices = log(4_000);
    const learnt = fit(choices).words;
    const few = logOf(choices.slice(0, 40));
    const started = { ...OPTIONS, words: learnt };
    const again = fitWords([{ ...few, before: startLogits(few.choices, few.base, started) }], started).words;
    const features = termFeatures('Leave early with us');
    expect(wordScorer(again)(features)).toBeCloseTo(wordScorer(learnt)(features), 0);
  });

  describe('to be carried to other copy', () => {
    const LIKED = ['early', 'free', 'never'];
    const FILLERS = Array.from({ length: 100 }, (_, i) => `w${i}x`);
    const copy = (seed: number, count: number): string[] => {
      const rng = createRng(seed);
      return Array.from({ length: count }, () => [...rng.shuffle(FILLERS).slice(0, 8), ...LIKED.filter(() => rng.next() < 0.4)].join(' '));
    };
    const oddsOf = (text: string): number => 0.9 * LIKED.filter((word) => text.split(' ').includes(word)).length - 2.5;
    const shown = (texts: readonly string[], times: number, rng = createRng(9)): Choice[] =>
      texts.flatMap((text) => Array.from({ length: times }, () => ({ profile: '', text, clicked: rng.next() < 1 / (1 + Math.exp(-oddsOf(text))) })));
    /** Share of pairs of texts that differ in truth which words put in order. */
    const inOrder = ({ words }: WordsFit, texts: readonly string[]): number => {
      const score = wordScorer(words);
      const scored = texts.map((text) => ({ truth: oddsOf(text), said: score(termFeatures(text)) }));
      const pairs = scored.flatMap((a) => scored.filter((b) => a.truth > b.truth).map((b) => a.said > b.said));
      return pairs.filter(Boolean).length / pairs.length;
    };
    const choices = shown(copy(1, 100), 12);

    it('are few: texts that share no more than what people mean with those of the log are told apart better', () => {
      const unseen = copy(2, 80);
      const carried = inOrder(fitWords([logOf(choices)], { ...OPTIONS, forOtherCopy: true }), unseen);
      expect(carried).toBeGreaterThan(inOrder(fit(choices), unseen) + 0.02);
      expect(carried).toBeGreaterThan(0.85);
    });

    it('count together too: two that are liked for the same add less than both', () => {
      // Copy in which one of the liked words is as good as all.
      const choices = copy(1, 300).flatMap((text) => {
        const rng = createRng(text.length);
        const liked = LIKED.some((word) => text.split(' ').includes(word));
        return Array.from({ length: 60 }, () => ({ profile: '', text, clicked: rng.next() < (liked ? 0.2 : 0.06) }));
      });
      const { words } = fitWords([logOf(choices)], { ...OPTIONS, forOtherCopy: true });
      const apart = wordScorer({ rows: words.rows, weights: words.weights });
      const [both, linear] = [wordScorer(words), apart].map((score) => score(termFeatures('early never w1x w2x w3x w4x w5x w6x')));
      expect(both!).toBeLessThan(linear! - 0.1);
    });

    it('are not learnt of one text, however often it was shown', () => {
      const often = shown([`${copy(1, 1)[0]!} gadget`], 200_000).map((choice, i) => ({ ...choice, clicked: i % 2 === 0 }));
      const { words } = fitWords([logOf([...choices, ...often])], { ...OPTIONS, forOtherCopy: true });
      const said = (text: string): number => wordScorer(words)(termFeatures(text));
      expect(said('never')).toBeGreaterThan(said('gadget'));
    });

    it('are learnt of several logs together, each at its own rate of clicks', () => {
      const rng = createRng(5);
      const rare = shown(copy(3, 120), 40).map((choice) => ({ ...choice, text: `${choice.text} rare`, clicked: choice.clicked && rng.next() < 0.2 }));
      const { words } = learnWords({ logs: [logOf(choices), logOf(rare)], curves: CURVES, ...OPTIONS, forOtherCopy: true });
      const score = wordScorer(words);
      const said = (text: string): number => score(termFeatures(text));
      expect(said('early')).toBeGreaterThan(3 * Math.abs(said('rare')));
    });
  });
});
