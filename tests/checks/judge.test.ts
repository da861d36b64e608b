/** The judge of `npm run check:copy` must see what it is there to see. */
interface Verdict {
  [name: string]: readonly string[] | number;
}
const { judge, failures } = jest.requireActual<{ judge: (headlines: object[], options: { limit: number; corpus: string[] }) => Verdict; failures: (verdict: Verdict) => string[] }>('./judge.cjs');

const line = (text: string, template = text): object => ({
  text, template, facts: ['Skarn Ridge', 'Fellmark', '20% off this week', 'trail running'], price: { amount: 118, currency: 'GBP' }, bannedWords: ['cheap'],
});
const verdictOn = (...texts: string[]): Verdict => judge(texts.map((text) => line(text)), { limit: 30, corpus: [] });

test.each([
  ['Mud is part of the plan'], ['Skarn Ridge, made for mud'], ["Fellmark's long way home"], ['Rain? Run. Then I rest'], ['From £118, mud and all'], ['20% off this week'], ["Up here I'm home"],
])('passes %j', (text) => expect(failures(verdictOn(text))).toEqual([]));

test.each([
  ['A headline that goes on and on', []],
  ['A headline that goes on for long', ['overLimit']],
  ['Mud for 9 days', ['foreignNumbers']],
  ['Now 11% off', ['foreignNumbers']],
  ['From €118 only', ['foreignNumbers']],
  ['Run with Nikolai tonight', ['foreignNames']],
  ['Better than Nike', ['foreignNames']],
  ['Good and cheap mud', ['bannedWords']],
])('of %j says %j', (text, expected) => expect(failures(verdictOn(text))).toEqual(expected));

test('counts repeats, near repeats and lines of the corpus', () => {
  const verdict = judge([line('Mud is fun'), line('mud is fun!'), line('Mud is fund'), line('Rain or shine')], { limit: 30, corpus: ['Rain or shine'] });
  expect(verdict).toMatchObject({ headlines: 4, distinct: 0.75, distinctEnough: 0.5, corpusLines: 0.25 });
  expect(failures(verdict)).toEqual(['distinct']);
});
