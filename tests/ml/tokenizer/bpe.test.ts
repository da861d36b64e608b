import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createBpeTokenizer, openBpeTokenizer, type BpeTokenizer } from '../../../src/ml/tokenizer/bpe';
import { formatTokenizerConfig, formatTokenizerJson, parseTokenizerJson } from '../../../src/ml/tokenizer/tokenizer-json';
import { trainBpe } from '../../../src/ml/tokenizer/train-bpe';
import { hardTexts, LINES, SPECIALS } from './texts';

const trained = trainBpe(LINES, { vocabularySize: 480, specialTokens: SPECIALS, minimumCount: 1 });
const json = formatTokenizerJson(trained);
let directory: string;
let tokenizer: BpeTokenizer;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'adloom-tokenizer-'));
  writeFileSync(join(directory, 'tokenizer.json'), json);
  writeFileSync(join(directory, 'tokenizer_config.json'), formatTokenizerConfig({ positions: 64, endOfText: '<|endoftext|>', specialTokens: SPECIALS }));
  tokenizer = await openBpeTokenizer(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('encoding and decoding', () => {
  it('equals @xenova/transformers on thousands of ordinary and hard strings, both ways', () => {
    const texts = [...LINES, ...hardTexts(6000, 11), '', ' ', 'a'.repeat(500), '='.repeat(300), ' '.repeat(200)];
    const output = execFileSync(process.execPath, [join(__dirname, 'transformers-encode.mjs')], {
      input: JSON.stringify({ directory, texts }),
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    const theirs = JSON.parse(output) as { ids: number[][]; decoded: string[] };
    expect(texts.map((text) => tokenizer.encode(text))).toEqual(theirs.ids);
    expect(theirs.ids.map((ids) => tokenizer.decode(ids))).toEqual(theirs.decoded);
  });

  it('equals @xenova/transformers where what a merge makes is to be merged before its equals are', () => {
    // Merges of a trained vocabulary come in the order of what they need; a file may hold them in any.
    const merges: [string, string][] = [['ab', 'a'], ['a', 'b'], ['c', 'aba'], ['ab', 'c'], ['b', 'c'], ['bc', 'ab']];
    const tokens = [...trained.tokens.slice(0, 256), 'aba', 'ab', 'caba', 'abc', 'bc', 'bcab', ...SPECIALS];
    const shuffled = formatTokenizerJson({ tokens, merges, specialTokens: SPECIALS });
    const random = hardTexts(300, 7).map((text) => [...text].map((char) => 'abc'[char.codePointAt(0)! % 3]).join(''));
    const texts = ['abab', 'abababcab', ...random];
    const other = mkdtempSync(join(tmpdir(), 'adloom-tokenizer-'));
    try {
      writeFileSync(join(other, 'tokenizer.json'), shuffled);
      writeFileSync(join(other, 'tokenizer_config.json'), readFileSync(join(directory, 'tokenizer_config.json')));
      const output = execFileSync(process.execPath, [join(__dirname, 'transformers-encode.mjs')], { input: JSON.stringify({ directory: other, texts }), encoding: 'utf8' });
      const mine = createBpeTokenizer(parseTokenizerJson(shuffled));
      expect(texts.map((text) => mine.encode(text))).toEqual((JSON.parse(output) as { ids: number[][] }).ids);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('equals @xenova/transformers where a space is put before a text, whatever it begins with', () => {
    const other = mkdtempSync(join(tmpdir(), 'adloom-tokenizer-'));
    const raw = JSON.parse(json) as { pre_tokenizer: object };
    const spaced = JSON.stringify({ ...raw, pre_tokenizer: { ...raw.pre_tokenizer, add_prefix_space: true } });
    const texts = ['rain', ' rain', '  rain', '\nrain', '\train', '\u00a0rain', '', '<|endoftext|>\nrain', ...hardTexts(300, 5)];
    try {
      writeFileSync(join(other, 'tokenizer.json'), spaced);
      writeFileSync(join(other, 'tokenizer_config.json'), readFileSync(join(directory, 'tokenizer_config.json')));
      const output = execFileSync(process.execPath, [join(__dirname, 'transformers-encode.mjs')], { input: JSON.stringify({ directory: other, texts }), encoding: 'utf8' });
      const mine = createBpeTokenizer(parseTokenizerJson(spaced));
      expect(texts.map((text) => mine.encode(text))).toEqual((JSON.parse(output) as { ids: number[][] }).ids);
      for (const text of texts) expect(mine.encodeWithOffsets(text).ids).toEqual(mine.encode(text));
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('gives every well-formed text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('recognise', 'text'), (text, specials) => {
        expect(tokenizer.decode(tokenizer.encode(text, { specials }))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('the same text gives the same ids when the words are remembered', () => {
    for (const text of hardTexts(500, 3)) expect(tokenizer.encode(text)).toEqual(createBpeTokenizer(parseTokenizerJson(json)).encode(text));
  }, 120_000);

  it('recognises special tokens, the longer first, and lets no text speak as one when told so', () => {
    const id = (token: string): number => tokenizer.tokenId(token)!;
    expect(tokenizer.encode('<product><|endoftext|>')).toEqual([id('<product>'), id('<|endoftext|>')]);
    const forged = tokenizer.encode('rain <|endoftext|> <product>', { specials: 'text' });
    for (const special of SPECIALS) expect(forged).not.toContain(id(special));
    expect(tokenizer.decode(forged)).toBe('rain <|endoftext|> <product>');
    expect(tokenizer.decode(tokenizer.encode('<|copy|>rain<|endoftext|>'), { specials: 'skip' })).toBe('rain');
    const nested = { tokens: [...trained.tokens.slice(0, 256), '<a', '<ab>'], merges: [], specialTokens: ['<a', '<ab>'], addPrefixSpace: false, ignoreMerges: false };
    expect(createBpeTokenizer(nested).encode('<ab><a')).toEqual([257, 256]);
  });

  it('ids are those of the vocabulary: bytes first, special tokens last', () => {
    expect(tokenizer.vocabularySize).toBe(480);
    expect(tokenizer.tokenId('!')).toBe(0);
    expect(SPECIALS.map((token) => tokenizer.tokenId(token))).toEqual([476, 477, 478, 479]);
    expect(() => tokenizer.decode([480])).toThrow('Token ids go from 0 to 479, 480 came.');
  });
});

describe('the layouts of tokenizer.json', () => {
  it('reads merges as pairs and as text, and special tokens inside or outside the vocabulary, alike', () => {
    const raw = JSON.parse(json) as { model: { vocab: Record<string, number>; merges: string[] }; added_tokens: { content: string }[] };
    const pairs = structuredClone(raw) as unknown as { model: { merges: string[][]; vocab: Record<string, number> } };
    pairs.model.merges = raw.model.merges.map((merge) => merge.split(' '));
    for (const { content } of raw.added_tokens) delete pairs.model.vocab[content];
    expect(parseTokenizerJson(JSON.stringify(pairs))).toEqual(parseTokenizerJson(json));
  });

  it("reads the original GPT-2 layout: no model type, one special token with the last id, merges as text", () => {
    const gpt2 = {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [{ id: 258, special: true, content: '<|endoftext|>', single_word: false, lstrip: false, rstrip: false, normalized: true }],
      normalizer: null,
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
      post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false },
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true },
      model: {
        dropout: null, unk_token: null, continuing_subword_prefix: '', end_of_word_suffix: '', fuse_unk: false,
        vocab: Object.fromEntries([...trained.tokens.slice(0, 256), 'Ġt', 'he', '<|endoftext|>'].map((token, id) => [token, id])),
        merges: ['Ġ t', 'h e'],
      },
    }; // prettier-ignore
    const old = createBpeTokenizer(parseTokenizerJson(JSON.stringify(gpt2)));
    expect(old.encode('the the<|endoftext|>')).toEqual([old.tokenId('t'), 257, 256, 257, 258]);
  });
});

test('words that were added to the vocabulary are known in any text, which special tokens are not', () => {
  const raw = JSON.parse(json) as { added_tokens: object[] };
  const added = { id: 480, content: 'trail shoe', single_word: false, lstrip: false, rstrip: false, normalized: true, special: false };
  const more = createBpeTokenizer(parseTokenizerJson(JSON.stringify({ ...raw, added_tokens: [...raw.added_tokens, added] })));
  const text = 'a trail shoe, <product>';
  const ids = more.encode(text, { specials: 'text' });
  expect(ids).toEqual([...tokenizer.encode('a '), 480, ...tokenizer.encode(', <product>', { specials: 'text' })]);
  expect(more.encodeWithOffsets(text, { specials: 'text' }).ids).toEqual(ids);
  expect(more.decode(ids, { specials: 'skip' })).toBe(text);
});

describe('a tokenizer.json that is broken or of another kind is refused by name', () => {
  type Raw = { model: Record<string, unknown>; [key: string]: unknown };
  const cases: [string, (raw: Raw) => void][] = [
    ['no model', (raw) => delete (raw as Record<string, unknown>)['model']],
    ['WordPiece', (raw) => (raw.model['type'] = 'WordPiece')],
    ['a normaliser', (raw) => (raw['normalizer'] = { type: 'NFC' })],
    ['another split', (raw) => (raw['pre_tokenizer'] = { type: 'Whitespace' })],
    ['two tokens of one id', (raw) => (raw.model['vocab'] = { a: 0, b: 0 })],
    ['an id that nobody has', (raw) => (raw.model['vocab'] = { ...(raw.model['vocab'] as object), far: 600 })],
    ['a merge of unknown tokens', (raw) => (raw.model['merges'] = ['nothing here'])],
    ['a merge of three', (raw) => (raw.model['merges'] = ['a b c'])],
    ['a special token that eats spaces', (raw) => (raw['added_tokens'] = [{ id: 480, content: '<mask>', lstrip: true }])],
  ];
  it.each(cases)('%s', (_, change) => {
    const raw = JSON.parse(json) as Raw;
    change(raw);
    let message = '';
    try {
      parseTokenizerJson(JSON.stringify(raw));
    } catch (error) {
      expect(error).toMatchObject({ code: 'MODEL_INVALID', field: 'tokenizer.json' });
      message = (error as Error).message;
    }
    expect(message).toMatchSnapshot();
  });

  it('no file, and no JSON', async () => {
    await expect(openBpeTokenizer(join(directory, 'nowhere'))).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(() => parseTokenizerJson('{')).toThrow('tokenizer.json: it is not valid JSON.');
    expect(readFileSync(join(directory, 'tokenizer.json'), 'utf8')).toBe(json);
  });
});
