import { join } from 'node:path';
import fc from 'fast-check';
import { gramFeatures } from '../../../src/ml/gpt2/grams';
import { prefixFeatures, textFeatures, wordsOf } from '../../../src/ml/gpt2/hashed-features';
import { encodePrefix, encodeText, type RankTextOptions } from '../../../src/ml/gpt2/rank-text';
import { openBpeTokenizer, type BpeTokenizer } from '../../../src/ml/tokenizer/bpe';

const BUCKETS = 64;
const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('mud', 'trail', 'Läufer', ' | ', '...', '日本'), { maxLength: 60 }).map((words) => words.join(' ')));
const norm = (weights: Iterable<number>): number => Math.sqrt([...weights].reduce((sum, w) => sum + w * w, 0));

describe('hashed features', () => {
  it('are rows of the tables, never the one for padding', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 1000 }), (text, buckets) => {
        for (const { rows, weights } of [textFeatures(text, buckets), prefixFeatures(text, buckets), gramFeatures(text, buckets)]) {
          expect(rows).toHaveLength(weights.length);
          expect([...rows].every((row) => row > 0 && row < buckets)).toBe(true);
        }
      }),
    );
  });

  it('weigh the same for a short text as for a long one', () => {
    const [short, long] = ['mud', 'mud is part of the plan and the plan is part of the trail'].map((text) => textFeatures(text, BUCKETS));
    expect(norm(short!.weights)).toBeCloseTo(Math.sqrt(2), 5);
    expect(norm(long!.weights)).toBeLessThan(Math.sqrt(3) + 1e-6);
  });

  it('of a prefix weigh recent items more, and forget those before the twentieth', () => {
    const items = Array.from({ length: 30 }, (_, i) => `item${i}`);
    const { rows, weights } = prefixFeatures(items.join(' | '), 1 << 20);
    expect([...rows]).toEqual([...prefixFeatures(items.slice(-20).join(' | '), 1 << 20).rows]);
    // Each item of one word has two features: the word and the whole.
    const each = Array.from({ length: 20 }, (_, i) => weights[2 * i]!);
    each.slice(1).forEach((weight, i) => expect(weight / each[i]!).toBeCloseTo(1 / 0.9, 4));
  });

  it('of words and characters are bounded for a text of any length, and weigh as much in all as in a short one', () => {
    const long = gramFeatures('the trail is long and the mud is deep '.repeat(1000), 1 << 18);
    expect(long.rows.length).toBeLessThan(2500);
    const once = gramFeatures('mud trail', 1 << 18);
    expect(norm(once.weights)).toBeCloseTo(1, 5);
    // Two words and their pair, and the runs of " mud " and " trail ".
    expect(once.rows).toHaveLength(3 + 3 + 2 + 5 + 4);
  });

  it('see no difference of letter case, width or punctuation', () => {
    expect(wordsOf('Trail-running: ＳＨＯＥＳ!')).toEqual(['trail', 'running', 'shoes']);
    expect(textFeatures('Mud, mud!', BUCKETS)).toEqual(textFeatures('mud MUD', BUCKETS));
    expect(textFeatures('', BUCKETS).rows).toHaveLength(0);
  });
});

describe('text as the input of a ranker', () => {
  let tokenizer: BpeTokenizer;
  let options: RankTextOptions;
  beforeAll(async () => {
    tokenizer = await openBpeTokenizer(join(__dirname, '..', '..', 'fixtures', 'models', 'ctr'));
    options = { start: tokenizer.tokenId('<|endoftext|>')!, mark: tokenizer.tokenId('<|text|>')!, prefixLimit: 8, textLimit: 5, buckets: BUCKETS, gramRows: BUCKETS };
  });

  it('keeps its limits, the newest of a prefix and the beginning of a text', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const all = tokenizer.encode(text, { specials: 'text' });
        const prefix = encodePrefix(text, tokenizer, options);
        expect([...prefix.ids]).toEqual([options.start, ...all.slice(Math.max(0, all.length - 8)), options.mark]);
        expect(prefix.trimmed).toBe(Math.max(0, all.length - 8));
        expect([...encodeText(text, tokenizer, options).ids]).toEqual(all.length > 0 ? all.slice(0, 5) : [options.start]);
      }),
    );
  });

  it('holds no marker that a person could have written', () => {
    const written = '<|text|><|endoftext|><product>';
    const specials = new Set(tokenizer.specialTokens.map((token) => tokenizer.tokenId(token)));
    expect([...encodeText(written, tokenizer, { ...options, textLimit: 99 }).ids].filter((id) => specials.has(id))).toEqual([]);
    expect([...encodePrefix(written, tokenizer, { ...options, prefixLimit: 99 }).ids].filter((id) => specials.has(id))).toEqual([options.start, options.mark]);
  });

  it('has neither features nor a mark where the ranker has none', () => {
    const plain = { ...options, mark: undefined, buckets: 0, gramRows: 0 };
    expect([...encodePrefix('', tokenizer, plain).ids]).toEqual([options.start]);
    expect(encodeText('mud', tokenizer, plain).features.rows).toHaveLength(0);
  });
});
