import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRng } from '../../../src/base/rng';
import type { RawExplanation, WordContribution } from '../../../src/ml/explain/explainer';
import { inWorker } from '../../support/in-worker';
import { CTR, ModelDirectories } from '../serve/model-directories';

const ROOT = join(__dirname, '..', '..', '..');
const SHIPPED = join(ROOT, 'models', 'ctr');
const directories = new ModelDirectories();
afterAll(() => directories.remove());

interface Pair {
  prefix: string;
  text: string;
}
interface Explained {
  explanation: RawExplanation;
  scored: number;
  /** Strongest words, and the score of the text without each. */
  taken: { top: WordContribution; scored: number }[];
}
const explained = (directory: string, pairs: readonly Pair[]): Promise<Explained[]> => inWorker('explainer', { what: 'explainAll', directory, pairs });

/** Headlines of the copy corpus behind titles of the same interest or of another, and alone. */
function demoPairs(count: number): Pair[] {
  const rng = createRng(7);
  const titles = ['a', 'b', 'c', 'd'].flatMap((name) => readFileSync(join(SHIPPED, 'titles', `${name}.txt`), 'utf8').split('\n').filter((line) => line.startsWith('- ')).map((line) => line.slice(2)));
  const lines = ['ecommerce', 'travel', 'finance'].flatMap((name) => readFileSync(join(ROOT, 'models', 'writer', 'corpus', `${name}.txt`), 'utf8').split('\n').filter((line) => /^[HB] [^<]+$/.test(line)).map((line) => line.slice(2)));
  return Array.from({ length: count }, (_, i) => {
    const from = rng.int(titles.length - 4);
    return { prefix: i % 4 === 3 ? '' : titles.slice(from, from + 1 + rng.int(3)).join(' | '), text: lines[rng.int(lines.length)]! };
  });
}

const sumOf = ({ words }: RawExplanation): number => words.reduce((sum, word) => sum + word.contribution, 0);
const textOf = ({ prefix, text }: Pair, { source }: WordContribution): string => (source === 'PREFIX' ? prefix : text);

/** What every explanation promises. */
function expectHonest(pair: Pair, { explanation, scored }: Explained): void {
  const { logit, baseline, parts, words, gap } = explanation;
  expect(Math.abs(logit - scored)).toBeLessThan(1e-3);
  expect(parts.deep + parts.wide + parts.grams + parts.nearness).toBeCloseTo(logit - baseline, 6);
  expect(parts.learnt).toBe(0);
  // Within 2 % of the difference, or of 0.05 log-odds where the difference is less than that.
  expect(gap).toBeLessThanOrEqual(0.02);
  expect(Math.abs(sumOf(explanation) - (logit - baseline))).toBeLessThanOrEqual(0.02 * Math.max(0.05, Math.abs(logit - baseline)) + 1e-9);
  expect(words.every((word) => textOf(pair, word).slice(word.start, word.end).includes(word.word))).toBe(true);
}

describe('an explanation of the shipped ranker', () => {
  const pairs = demoPairs(16);
  let all: Explained[];
  beforeAll(async () => {
    all = await explained(SHIPPED, pairs);
  }, 240_000);

  it('is of the score that the scorer gives, and its words sum to the difference to the baseline within 2 %', () => {
    all.forEach((one, i) => expectHonest(pairs[i]!, one));
    expect(Math.max(...all.map(({ explanation }) => Math.abs(explanation.logit - explanation.baseline)))).toBeGreaterThan(0.5);
  });

  it('names words that matter: without the strongest one either way most scores move against it', () => {
    const tried = all.flatMap(({ scored, taken }) => taken.map((one) => ({ ...one, moved: one.scored - scored })));
    expect(tried.length).toBeGreaterThanOrEqual(20);
    const rightly = tried.filter(({ top, moved }) => Math.sign(moved) === -Math.sign(top.contribution));
    // Of words drawn by lot it is one half.
    expect(rightly.length / tried.length).toBeGreaterThanOrEqual(0.7);
  });

  it('credits a word that prefix and text share to both of them', async () => {
    const [one] = await explained(SHIPPED, [{ prefix: 'Garden gloves | Kitchen knives', text: 'Sharper knives, quieter evenings' }]);
    const knives = one!.explanation.words.filter(({ word }) => word.toLowerCase() === 'knives');
    expect(knives.map(({ source }) => source)).toEqual(['PREFIX', 'TEXT']);
    expect(one!.explanation.parts.nearness).toBeGreaterThan(0.5);
    const strongest = one!.explanation.words.toSorted((a, b) => b.contribution - a.contribution).slice(0, 2);
    expect(new Set(strongest)).toEqual(new Set(knives));
  }, 120_000);
});

describe('whatever the texts', () => {
  const odd: Pair[] = [
    { prefix: '', text: '' },
    { prefix: 'shoes', text: '' },
    { prefix: '', text: '🙂🙂👩‍👩‍👧🇬🇧' },
    { prefix: ' | | ', text: '   ' },
    { prefix: '!!! | ???', text: '...' },
    { prefix: 'hiking '.repeat(3000), text: 'long '.repeat(4000) },
    { prefix: '東京の朝ごはん | ΣΊΣΥΦΟΣ', text: 'Straße ﬁne don\'t-stop İstanbul 50%!! "quoted"' },
    { prefix: 'a\ud800b', text: '\udfff<|endoftext|><|text|>' },
  ];

  it.each([['of a ranker with all parts', CTR, odd], ['of the same on ordinary pairs', CTR, demoPairs(8)]])('an explanation %s is complete', async (_, directory, pairs) => {
    const all = await explained(directory, pairs);
    all.forEach((one, i) => expectHonest(pairs[i]!, one));
  });

  it('so is one of a plain classifier of the Hugging Face libraries', async () => {
    const pairs = odd.slice(0, 6);
    const all = await explained(await directories.huggingFaceClassifier(1), pairs);
    all.forEach((one, i) => expectHonest(pairs[i]!, one));
  });

  it('an empty text moves nothing, and a long one is told of by the words that were read', async () => {
    const [empty, , , , , long] = await explained(CTR, odd);
    expect(empty!.explanation).toMatchObject({ words: [], steps: 0, gap: 0 });
    expect(long!.explanation.words.length).toBeGreaterThan(20);
    expect(long!.explanation.words.length).toBeLessThan(600);
  });
});

it('the gradient towards each token is that of central differences', async () => {
  const { exact, found } = await inWorker<{ exact: number[]; found: number[] }>('explainer', { what: 'checkGradient', directory: CTR, prefix: 'Trail shoes | Rain', text: 'Mud is part of the plan' });
  const size = Math.max(...found.map(Math.abs));
  expect(size).toBeGreaterThan(1e-3);
  exact.forEach((value, t) => expect(Math.abs(value - found[t]!)).toBeLessThan(0.01 * size));
});

it('the gradient graph stays the same under a refactor', async () => {
  expect(await inWorker('explainer', { what: 'hash' })).toMatchSnapshot();
});

it('ends where it is cancelled, between runs', async () => {
  expect(await inWorker('explainer', { what: 'cancelling', directory: CTR, prefix: 'Trail shoes | Rain', text: 'Mud is part of the plan' })).toEqual({ asked: 2, outcome: null });
});
