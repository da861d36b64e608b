import { PATIENCE_MS, Workplace } from './program';

let place: Workplace;
beforeAll(() => (place = new Workplace()));
afterAll(() => place.discard());
const linesOf = (text: string): Record<string, unknown>[] => text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);

test('score answers every line in its place: bad ones with what is wrong, the others as if those were not there; exit code 3', async () => {
  const good = [
    { profile: 'trail running | Mud is part of the plan', text: 'Leave the road to others' },
    { profile: '', text: 'Leave the road to others' },
    { text: 'Good mornings are poured' },
  ].map((line) => JSON.stringify(line));
  const alone = await place.run(['score', '--quiet'], { input: `${good.join('\n')}\n` });
  expect([alone.code, alone.err]).toEqual([0, '']);
  const expected = linesOf(alone.out);
  for (const { pClick, logit } of expected) {
    expect(pClick).toBeGreaterThan(0);
    expect(pClick).toBeLessThan(1);
    expect(Number.isFinite(logit)).toBe(true);
  }
  expect(expected[0]).not.toEqual(expected[1]);

  const { code, out, err } = await place.run(['score'], { input: [good[0], 'no JSON', good[1], '{"profile": "x"}', '{"text": 7}', '[]', good[2]].join('\n') });
  expect(code).toBe(3);
  expect(err).toContain('7 lines');
  const answers = linesOf(out);
  const errorOf = (index: number): unknown => answers[index]!['error'];
  expect([errorOf(1), errorOf(3), errorOf(4), errorOf(5)]).toMatchObject([
    { code: 'BAD_INPUT', line: 2, field: 'line' },
    { code: 'BAD_INPUT', line: 4, field: 'text' },
    { code: 'BAD_INPUT', line: 5, field: 'text' },
    { code: 'BAD_INPUT', line: 6, field: 'line' },
  ]);
  for (const [index, at] of [0, 2, 6].entries()) {
    expect(answers[at]!['logit']).toBeCloseTo(expected[index]!['logit'] as number, 4);
  }
}, PATIENCE_MS);

test('generate answers every order in its place, the same order with the same copy; facts come from the order alone; exit code 3', async () => {
  const order = JSON.stringify({ vertical: 'ecommerce', tone: 'playful', interests: ['trail running'], facts: { product: 'Alba', offer: '20% off this week' }, count: 3, seed: 5 });
  const { code, out } = await place.run(['generate', '--quiet'], { input: [order, '{"tone": "shouting"}', '{', order].join('\n') });
  expect(code).toBe(3);
  const [first, wrongTone, noJson, again] = linesOf(out);
  expect([wrongTone!['error'], noJson!['error']]).toMatchObject([{ line: 2, field: 'tone' }, { line: 3, field: 'line' }]);
  expect(again).toEqual(first);
  const texts = first!['texts'] as { text: string; template: string }[];
  expect(texts.length).toBeGreaterThan(0);
  for (const { text } of texts) {
    expect(text.length).toBeLessThanOrEqual(30);
    expect(text.replace('20% off this week', '').match(/\d/)).toBeNull();
    expect(text).not.toMatch(/[<>]/);
  }
}, PATIENCE_MS);

test('a model directory that is broken or not there ends a command with 2 and says what to do', async () => {
  const { code, err } = await place.run(['score', '--model', place.folder], { input: '{"text": "x"}\n' });
  expect(code).toBe(2);
  expect(err).toMatch(/\[MODEL_(?:INVALID|UNAVAILABLE)\]/);
}, PATIENCE_MS);
