import { inOrder } from '../../../src/modules/bulk/in-order';
import { generateLines } from '../../../src/modules/bulk/generate-lines';
import { scoreLines, type BulkCounts } from '../../../src/modules/bulk/score-lines';
import type { GenerateRequest } from '../../../src/ml/serve/types';
import { corpusGenerator, overlapScorer } from '../../support/stand-in-models';

async function* source(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}
async function answers(from: AsyncIterable<string>): Promise<Record<string, unknown>[]> {
  let text = '';
  for await (const part of from) text += part;
  return text.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('results keep the order of their batches however long each takes, and at most so many are under way', async () => {
  let underWay = 0;
  let most = 0;
  async function* numbers(): AsyncGenerator<number> {
    for (let i = 0; i < 20; i++) yield i;
  }
  const work = async (n: number): Promise<number> => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setTimeout(resolve, (n * 7) % 5));
    underWay -= 1;
    return n;
  };
  const seen: number[] = [];
  for await (const n of inOrder(numbers(), work, 3)) seen.push(n);
  expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(most).toBe(3);
});

test('a result is handed on when it is there, whether or not another batch comes: who asks one by one is answered', async () => {
  const answered: number[] = [];
  let heard: () => void = () => undefined;
  // The next batch comes when the last was answered, as from a program that reads before it writes on.
  async function* conversation(): AsyncGenerator<number> {
    for (let i = 0; i < 5; i++) {
      const answer = new Promise<void>((resolve) => (heard = resolve));
      yield i;
      await answer;
    }
  }
  for await (const n of inOrder(conversation(), (n) => Promise.resolve(n), 3)) {
    answered.push(n);
    heard();
  }
  expect(answered).toEqual([0, 1, 2, 3, 4]);
});

test('who stops listening is let go although the next batch has not come', async () => {
  let left = false;
  async function* endless(): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => undefined);
  }
  for await (const _ of inOrder(endless(), (n) => Promise.resolve(n), 3)) {
    left = true;
    break;
  }
  expect(left).toBe(true);
});

test('batches that cannot be read on fail the whole, behind the results of those that could', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    throw new Error('the disk went');
  }
  const seen: number[] = [];
  const run = async (): Promise<void> => {
    for await (const n of inOrder(broken(), (n) => Promise.resolve(n), 3)) seen.push(n);
  };
  await expect(run()).rejects.toThrow('the disk went');
  expect(seen).toEqual([1, 2]);
});

test('a batch that fails fails the whole, once, with nothing left unheard', async () => {
  async function* numbers(): AsyncGenerator<number> {
    for (let i = 0; i < 5; i++) yield i;
  }
  const run = async (): Promise<void> => {
    for await (const _ of inOrder(numbers(), (n) => (n >= 1 ? Promise.reject(new Error(`batch ${n}`)) : Promise.resolve(n)), 3));
  };
  await expect(run()).rejects.toThrow('batch 1');
});

describe('scoring lines', () => {
  test('answers every line in its place; bad ones with their error', async () => {
    const counts: BulkCounts = { lines: 0, bad: 0 };
    const text = ['{"profile":"Trail shoes","text":"shoes for mud"}', 'not json', '{"text":"no profile"}', '', '{"profile":"x"}', '{"profile":["x"],"text":"y"}', '[1]', '{"profile":null,"text":"last"}'].join('\n');
    const found = await answers(scoreLines(overlapScorer(), source(text), counts));
    expect(found.map((each) => ('error' in each ? [(each['error'] as { line: number }).line, (each['error'] as { field: string }).field] : Object.keys(each)))).toEqual([
      ['pClick', 'logit'], [2, 'line'], ['pClick', 'logit'], [4, 'line'], [5, 'text'], [6, 'profile'], [7, 'line'], ['pClick', 'logit'],
    ]);
    expect(found[0]).toEqual({ pClick: 0.04742587, logit: -3 });
    expect(counts).toEqual({ lines: 8, bad: 5 });
  });

  test('keeps the order over many batches', async () => {
    const text = Array.from({ length: 10_000 }, (_, i) => JSON.stringify({ profile: 'alpha', text: i % 3 === 0 ? 'alpha beta' : 'gamma' })).join('\n');
    const found = await answers(scoreLines(overlapScorer(), source(text), { lines: 0, bad: 0 }));
    expect(found).toHaveLength(10_000);
    expect(found.every((each, i) => each['logit'] === (i % 3 === 0 ? -3 : -4))).toBe(true);
  });
});

describe('generating lines', () => {
  const order = { vertical: 'ecommerce', format: 'headline', tone: 'playful', interests: ['trail running', 'coffee'], facts: { product: 'Alba', price: '£49' }, count: 4, seed: 3 };
  test('writes for each interest, the same again for the same line, and only facts that were given', async () => {
    const [one, two] = await answers(generateLines(corpusGenerator(), source(`${JSON.stringify(order)}\n${JSON.stringify(order)}\n`), { lines: 0, bad: 0 }));
    expect(one).toEqual(two);
    const texts = one!['texts'] as { text: string; interest: string }[];
    expect(texts).toHaveLength(4);
    expect(new Set(texts.map(({ interest }) => interest))).toEqual(new Set(['trail running', 'coffee']));
    for (const { text } of texts) expect(text.replaceAll('£49', '')).not.toMatch(/<|\d/);
  });

  test('no text twice in one answer, whatever interests it was written for', async () => {
    // A writer that knows none of these interests, and says the same of each.
    const alike = { ...order, interests: ['one', 'two', 'three', 'four', 'five'], count: 5 };
    const writer = corpusGenerator();
    const repeating = { ...writer, generate: (request: GenerateRequest) => writer.generate({ ...request, seed: 1 }) };
    const [answer] = await answers(generateLines(repeating, source(JSON.stringify(alike)), { lines: 0, bad: 0 }));
    const texts = (answer!['texts'] as { text: string }[]).map(({ text }) => text);
    expect([texts.length, new Set(texts).size]).toEqual([5, 5]);
  });

  test.each([
    [{ ...order, vertical: 'poetry' }, 'vertical'],
    [{ ...order, format: 'sonnet' }, 'format'],
    [{ ...order, count: 0 }, 'count'],
    [{ ...order, seed: -1 }, 'seed'],
    [{ ...order, facts: { product: '<price>' } }, 'facts.product'],
    [{ ...order, facts: { colour: 'red' } }, 'facts.colour'],
    [{ ...order, interests: [1] }, 'interests'],
    [{ ...order, extra: 1 }, 'extra'],
  ])('a bad order is answered with the field (%#)', async (bad, field) => {
    const counts: BulkCounts = { lines: 0, bad: 0 };
    const [answer] = await answers(generateLines(corpusGenerator(), source(JSON.stringify(bad)), counts));
    expect([(answer!['error'] as { field: string }).field, counts.bad]).toEqual([field, 1]);
  });
});
