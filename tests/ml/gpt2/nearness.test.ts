import fc from 'fast-check';
import { cosine } from '../../../src/ml/baseline/cosine';
import { characterNGrams, wordNGrams } from '../../../src/ml/baseline/n-grams';
import type { SparseMatrix } from '../../../src/ml/baseline/sparse';
import { gramFeatures } from '../../../src/ml/gpt2/grams';
import { fitRarity, Nearness } from '../../../src/ml/gpt2/nearness';

// So many rows that the few terms below meet in none of them.
const ROWS = 2 ** 22;
const DOCUMENTS = ['trail running shoes', 'running vest', 'city map', 'city breaks by train', 'rain coat', 'trail map', 'the rain', 'the train'];
const rarity = fitRarity(DOCUMENTS, ROWS);
const terms = (text: string): string[] => [...wordNGrams(text, 1, 2).map((t) => `w:${t}`), ...characterNGrams(text, 3, 4).map((t) => `c:${t}`)];
const near = (prefix: string, text: string, gain = 1): number => new Nearness(rarity, gain).behind(prefix)(gramFeatures(text, ROWS));

/** TF-IDF by its definition, terms unhashed. */
function transform(texts: readonly string[]): SparseMatrix {
  const columns = new Map<string, number>();
  const [starts, indices, values]: [number[], number[], number[]] = [[0], [], []];
  for (const text of texts) {
    const counts = new Map<string, number>();
    for (const term of terms(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const documents = DOCUMENTS.filter((d) => terms(d).includes(term)).length;
      if (!columns.has(term)) columns.set(term, columns.size);
      indices.push(columns.get(term)!);
      values.push((1 + Math.log(count)) * (Math.log((1 + DOCUMENTS.length) / (1 + documents)) + 1));
    }
    starts.push(indices.length);
  }
  return { rows: texts.length, columns: columns.size, starts: Int32Array.from(starts), indices: Int32Array.from(indices), values: Float64Array.from(values) };
}

const word = fc.constantFrom('trail', 'running', 'shoes', 'city', 'map', 'rain', 'coat', 'the', 'train', 'naïve', '日本');
const item = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));

describe('nearness', () => {
  it('is the TF-IDF cosine to the nearest item', () => {
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 5 }), item, (items, text) => {
        const X = transform([...items, text]);
        expect(near(items.join(' | '), text)).toBeCloseTo(Math.max(...items.map((_, i) => cosine(X, i, X, items.length))), 5);
      }),
    );
  });

  it('counts its gain for a text that is an item, and nothing for a text without a common word or for an empty prefix', () => {
    expect(near('city map | rain coat', 'rain coat', 8)).toBeCloseTo(8, 5);
    expect(near('city map', 'wool', 8)).toBe(0);
    expect(near('', 'rain coat', 8)).toBe(0);
    expect(near(' | | ', 'rain coat', 8)).toBe(0);
  });

  it('counts rare words more than common ones', () => {
    const documents = [...Array.from({ length: 50 }, () => 'offer today'), 'kayak'];
    const of = new Nearness(fitRarity(documents, ROWS), 1).behind('kayak offer');
    expect(of(gramFeatures('kayak', ROWS))).toBeGreaterThan(1.2 * of(gramFeatures('offer', ROWS)));
  });

  it('says the same however often it is asked, and whomever it was asked for between', () => {
    const nearness = new Nearness(rarity, 1);
    const ask = (prefix: string): number => nearness.behind(prefix)(gramFeatures('trail map', ROWS));
    const first = ask('trail running shoes | city map');
    for (let i = 0; i < 5000; i++) nearness.behind(`item ${i}`);
    expect(ask('trail running shoes | city map')).toBe(first);
  });
});
