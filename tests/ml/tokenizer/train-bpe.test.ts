import { createBpeTokenizer } from '../../../src/ml/tokenizer/bpe';
import { formatTokenizerJson, parseTokenizerJson } from '../../../src/ml/tokenizer/tokenizer-json';
import { trainBpe } from '../../../src/ml/tokenizer/train-bpe';
import { toByteChars } from '../../../src/ml/tokenizer/bytes-unicode';
import { preTokenise } from '../../../src/ml/tokenizer/pre-tokenise';
import { hardTexts, LINES, SPECIALS } from './texts';

/** The textbook trainer: count all pairs anew for each merge. Slow, and hard to get wrong. */
function plainMerges(texts: readonly string[], order: readonly string[], count: number): string[] {
  const ids = new Map(order.map((token, id) => [token, id]));
  const words = texts.flatMap(preTokenise).map((word) => [...toByteChars(word)]);
  const merges: string[] = [];
  while (merges.length < count) {
    const pairs = new Map<string, number>();
    for (const word of words) for (let i = 0; i + 1 < word.length; i++) pairs.set(`${word[i]} ${word[i + 1]}`, (pairs.get(`${word[i]} ${word[i + 1]}`) ?? 0) + 1);
    const rank = (pair: string): [number, number] => pair.split(' ').map((token) => ids.get(token)!) as [number, number];
    const best = [...pairs].sort(([a, m], [b, n]) => n - m || rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1])[0];
    if (!best || best[1] < 2) break;
    const [left, right] = best[0].split(' ') as [string, string];
    if (!ids.has(left + right)) ids.set(left + right, ids.size);
    for (const word of words) for (let i = 0; i + 1 < word.length; i++) if (word[i] === left && word[i + 1] === right) word.splice(i, 2, left + right);
    merges.push(best[0]);
  }
  return merges;
}

describe('training a vocabulary', () => {
  it('makes the merges of the textbook algorithm, ties included, on runs of one letter too', () => {
    for (const texts of [LINES, hardTexts(150, 5), ['aaaa aaa aaaaa aaaaaaa', 'ababab abab aabb bbaa', 'aaaa']]) {
      const { merges, tokens } = trainBpe(texts, { vocabularySize: 256 + 60, specialTokens: [] });
      expect(merges.map((pair) => pair.join(' '))).toEqual(plainMerges(texts, tokens.slice(0, 256), 60));
    }
  });

  it('is the same each time, and stops when no pair comes twice', () => {
    const options = { vocabularySize: 5000, specialTokens: SPECIALS };
    const first = trainBpe(LINES, options);
    expect(trainBpe(LINES, options)).toEqual(first);
    expect(first.tokens.length).toBeLessThan(5000);
    expect(first.tokens.slice(-SPECIALS.length)).toEqual([...SPECIALS]);
  });

  it('never merges into a special token', () => {
    const { tokens } = trainBpe(Array(50).fill('<product><product> runs'), { vocabularySize: 300, specialTokens: ['<product>'], minimumCount: 1 });
    expect(tokens.filter((token) => token.includes('prod'))).toEqual(['<product>']);
  });

  it('gives each learnt word one token', () => {
    const vocabulary = trainBpe(Array(10).fill('trail running'), { vocabularySize: 280, specialTokens: [] });
    expect(createBpeTokenizer(parseTokenizerJson(formatTokenizerJson(vocabulary))).encode('trail running trail')).toHaveLength(4);
  });

  it('tells how far it is', () => {
    const seen: number[] = [];
    trainBpe(LINES, { vocabularySize: 270, specialTokens: [], onProgress: (done, total) => seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
  });

  it('refuses a size below the bytes and special tokens that clash', () => {
    expect(() => trainBpe(LINES, { vocabularySize: 259, specialTokens: SPECIALS })).toThrow('needs a size of at least 260, not 259');
    expect(() => trainBpe(LINES, { vocabularySize: 300, specialTokens: ['<a>', '<a>'] })).toThrow('different from each other');
    expect(() => trainBpe(LINES, { vocabularySize: 300, specialTokens: ['a'] })).toThrow('"a" is also an ordinary token');
  });
});
