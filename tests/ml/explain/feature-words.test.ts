import fc from 'fast-check';
import { gramFeatureWords, itemsOf, prefixFeatureWords, termWords, textFeatureWords } from '../../../src/ml/explain/feature-words';
import { textWords } from '../../../src/ml/explain/text-words';
import { gramFeatures } from '../../../src/ml/gpt2/grams';
import { newestItems, prefixFeatures, textFeatures } from '../../../src/ml/gpt2/hashed-features';
import { singleTermRows, termFeatures } from '../../../src/ml/lora/terms';
import { hardTexts, LINES } from '../tokenizer/texts';

const BUCKETS = 1 << 20;
const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.array(fc.constantFrom(...LINES, 'ΣΊΣΥΦΟΣ', 'İ', ' | ', '|', '\u00a0')).map((parts) => parts.join(' ')));

/** Holds the way back equal to the features that the model reads. */
function expectSameFeatures(text: string): void {
  expect(textFeatureWords(text, textWords(text, false), BUCKETS).map(({ row }) => row)).toEqual([...textFeatures(text, BUCKETS).rows]);
  expect(prefixFeatureWords(text, textWords(text, true), BUCKETS).map(({ row }) => row)).toEqual([...prefixFeatures(text, BUCKETS).rows]);
  const grams = gramFeatureWords(text, 0, textWords(text, false), BUCKETS);
  expect(new Set(grams.keys())).toEqual(new Set(gramFeatures(text, BUCKETS).rows));
  const terms = termWords(text, textWords(text, false));
  expect(new Set(terms.keys())).toEqual(new Set(termFeatures(text).rows));
  for (const shares of [...grams.values(), ...terms.values()]) expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  expect(itemsOf(text).map((item) => item.text)).toEqual(newestItems(text));
  expect(itemsOf(text).every(({ text: item, start, end }) => text.slice(start, end) === item)).toBe(true);
}

describe('the words behind hashed features', () => {
  it('are found for exactly the features that the model reads, of any text', () => {
    fc.assert(fc.property(anyText, expectSameFeatures), { numRuns: 400 });
  });

  it.each([['ordinary', LINES], ['made to hurt', hardTexts(400, 9)], ['long', ['word '.repeat(300), 'a | '.repeat(60), 'ΣΊΣΥΦΟΣ '.repeat(80)]]])('%s texts', (_, texts) => {
    for (const text of texts) expectSameFeatures(text);
  });

  it('are the words that the feature is made of', () => {
    const text = 'Run far, run “Straße” ﬁne';
    const words = textWords(text, false);
    const named = textFeatureWords(text, words, BUCKETS).map((feature) => feature.words.map((word) => words.words[word]!.text));
    expect(named).toEqual([
      ['Run'], ['far'], ['run'], ['Straße'], ['ﬁne'],
      ['Run', 'far'], ['far', 'run'], ['run', 'Straße'], ['Straße', 'ﬁne'],
      ['Run', 'far', 'run', 'Straße', 'ﬁne'],
    ]); // prettier-ignore
  });

  it('share a feature that stands twice', () => {
    const text = 'run far run';
    const shares = gramFeatureWords(text, 0, textWords(text, false), BUCKETS);
    const [run] = gramFeatures('run', BUCKETS).rows;
    expect([...shares.get(run!)!]).toEqual([[0, 0.5], [2, 0.5]]);
  });

  it('are those that a sign touches, and the amounts behind what all amounts have in common', () => {
    const text = 'Only £5 a week, was £9!';
    const words = textWords(text, false);
    const behind = (row: number): string[] => [...termWords(text, words).get(row)!.keys()].map((word) => words.words[word]!.text);
    const [sign] = singleTermRows('!');
    const [pound, currency] = singleTermRows('£');
    expect(behind(sign!)).toEqual(['9']);
    expect(behind(pound!)).toEqual(['5', '9']);
    expect(behind(currency!)).toEqual(['5', '9']);
  });

  it('stand in the prefix, wherever an item is', () => {
    const prefix = 'Trail shoes |  Rain jacket ';
    const words = textWords(prefix, true);
    const named = prefixFeatureWords(prefix, words, BUCKETS).map((feature) => feature.words.map((word) => words.words[word]!.text).join(' '));
    expect(named).toEqual(['Trail', 'shoes', 'Trail shoes', 'Rain', 'jacket', 'Rain jacket']);
  });
});
