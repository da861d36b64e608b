import { fitRarity } from '../../../src/ml/gpt2/nearness';
import type { TitleCase } from '../../../src/modules/training/ctr-cases';
import { gainOfNearness } from '../../../src/modules/training/fit-nearness';

const WORDS = ['kites', 'bridges', 'bees', 'soup', 'lanterns', 'canoes'];
const rarity = fitRarity(WORDS.flatMap((word) => [`${word} for beginners`, `all about ${word}`]), 1 << 14);

/** People who know one word and are shown one title with it and one without; the label is on the first where `near`. */
function cases(near: boolean): TitleCase[] {
  return WORDS.flatMap((word, i) => {
    const other = WORDS[(i + 1) % WORDS.length]!;
    return [`all about ${word}`, `all about ${other}`].map((text, k): TitleCase => ({ person: word, profile: `${word} for beginners`, text, label: (k === 0) === near ? 1 : 0 }));
  });
}

describe('what shared words count', () => {
  it('is much where people take what shares words with what they know', () => {
    const titles = cases(true);
    expect(gainOfNearness(rarity, titles, titles.map(() => 0))).toBeGreaterThan(4);
  });

  it('is nothing where they take what does not', () => {
    const titles = cases(false);
    expect(gainOfNearness(rarity, titles, titles.map((c) => 0.01 * c.label))).toBe(0);
  });
});
