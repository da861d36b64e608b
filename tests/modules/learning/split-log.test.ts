import fc from 'fast-check';
import type { LoggedChoice } from '../../../src/modules/learning/logged-choice';
import { learnableBeside, requireNoLeak, splitLog } from '../../../src/modules/learning/split-log';
import { turnsDuring } from '../../support/turns-during';

const choice = (i: number, person: string | null, at = i): LoggedChoice => ({ decisionId: `d${i}`, at: new Date(at * 1_000), person, profile: '', text: 'x', clicked: false, propensity: 1, placement: 'home', device: null });
const people = fc.array(fc.option(fc.integer({ min: 0, max: 40 }).map((n) => `p${n}`), { nil: null }), { minLength: 1, maxLength: 300 });

describe('the split of a log', () => {
  it('judges by later decisions of people that nothing was learnt from, whatever the log', async () => {
    await fc.assert(
      fc.asyncProperty(people, fc.integer({ min: 1, max: 5 }), async (persons, perMoment) => {
        const log = persons.map((person, i) => choice(i, person, Math.floor(i / perMoment)));
        const { training, validation, test } = await splitLog(log);
        const learnt = new Set([...training, ...validation]);
        const last = Math.max(-1, ...[...learnt].map(({ at }) => at.getTime()));
        const known = new Set([...learnt].flatMap(({ person }) => person ?? []));
        for (const { at, person, decisionId } of test) {
          expect(at.getTime()).toBeGreaterThan(last);
          expect(person !== null && known.has(person)).toBe(false);
          expect([...learnt].some((each) => each.decisionId === decisionId)).toBe(false);
        }
        expect(validation.filter((each) => training.includes(each))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('lets another log teach beside it only by earlier decisions of people who neither judge nor validate', async () => {
    const logs = ['own', 'other'].map((log) => Array.from({ length: 2_000 }, (_, i) => ({ ...choice(i, i % 5 === 0 ? null : `p${i % 300}`), decisionId: `${log} ${i}` })));
    const split = await splitLog(logs[0]!);
    const beside = await learnableBeside(logs[1]!, split);
    expect(beside.length).toBeGreaterThan(400);
    await requireNoLeak({ ...split, training: [...split.training, ...beside] });
    const validators = new Set(split.validation.flatMap(({ person }) => person ?? []));
    expect(beside.filter(({ person }) => person !== null && validators.has(person))).toEqual([]);
    expect(await learnableBeside(logs[1]!, { ...split, test: [] })).toEqual([]);
  });

  it('lets others have their turn while it reads a long log', async () => {
    const log = Array.from({ length: 20_000 }, (_, i) => choice(i, `p${i % 300}`));
    const split = await splitLog(log);
    for (const reading of [() => splitLog(log), () => learnableBeside(log, split)]) expect(await turnsDuring(reading)).toBeGreaterThanOrEqual(10);
  });

  it('keeps enough on each side', async () => {
    const { training, validation, test } = await splitLog(Array.from({ length: 3_000 }, (_, i) => choice(i, `p${i % 400}`)));
    expect(training.length).toBeGreaterThan(800);
    expect(validation.length).toBeGreaterThan(100);
    expect(test.length).toBeGreaterThan(250);
  });

  it.each([
    ['a test decision that is not later', { training: [choice(1, 'a', 5)], validation: [], test: [choice(2, 'b', 5)] }, /1 of 1 test decisions are not later/],
    ['a person on both sides', { training: [choice(1, 'a', 1)], validation: [], test: [choice(2, 'a', 5)] }, /1 people are on both sides/],
    ['a person who validates and judges', { training: [], validation: [choice(1, 'a', 1)], test: [choice(2, 'a', 5)] }, /1 people are on both sides/],
    ['a decision on both sides', { training: [choice(1, null, 1)], validation: [], test: [choice(1, null, 5)] }, /1 decisions are on both sides/],
  ])('is refused with %s', async (_name, split, message) => {
    await expect(requireNoLeak(split)).rejects.toMatchObject({ code: 'SPLIT_LEAKS', message: expect.stringMatching(message) });
  });
});
