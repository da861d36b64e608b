import fc from 'fast-check';
import { singleTermRows, TERM_CHARACTERS, termFeatures } from '../../../src/ml/lora/terms';

const rowsOf = (text: string): Set<number> => new Set(termFeatures(text).rows);
const common = (...texts: string[]): number => texts.map(rowsOf).reduce((a, b) => new Set([...a].filter((row) => b.has(row)))).size;

describe('the terms of a text', () => {
  it('count once, however often they stand there', () => {
    expect(rowsOf('mud, mud, mud,')).toEqual(rowsOf('mud, mud,'));
    expect(new Set(termFeatures('mud and more mud').weights).size).toBe(1);
  });

  it('are signs too, and what all amounts have in common', () => {
    // The two texts share no word and no run of characters: the sign, that there is a currency, and that there is a number.
    expect(common('£7', '£9.50')).toBe(3);
    expect(common('£7', '9 €')).toBe(2);
    expect(common('ready?', 'why not?')).toBe(1);
    expect(common('ready', 'why not')).toBe(0);
  });

  it('hold the single ones, which are words, signs and kinds alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const all = rowsOf(text);
        expect(singleTermRows(text).every((row) => all.has(row))).toBe(true);
      }),
    );
    expect(singleTermRows('Save 20% on tents')).toHaveLength(6);
    expect(singleTermRows('save Save SAVE')).toHaveLength(1);
  });

  it('weigh the same together whatever the length, and fit signed 32 bits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== ''), (text) => {
        const { rows, weights } = termFeatures(text);
        expect(weights.reduce((sum, weight) => sum + weight * weight, 0)).toBeCloseTo(1, 4);
        expect(rows.every((row) => row >= 0)).toBe(true);
        expect(new Set(rows).size).toBe(rows.length);
      }),
    );
    expect(termFeatures('  ').rows).toHaveLength(0);
  });

  it('do not meet: of a hundred thousand, at most a few are taken for one another', () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => singleTermRows(`w${i.toString(36)}x`)[0]!);
    expect(rows.length - new Set(rows).size).toBeLessThan(20);
  });

  it('are read to a bound', () => {
    const long = 'a tent by the lake '.repeat(40);
    expect(termFeatures(`${long} unheard`)).toEqual(termFeatures(long));
    expect(long.length).toBeGreaterThan(TERM_CHARACTERS);
  });
});
