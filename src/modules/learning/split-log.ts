import { AdloomError } from '../../base/errors';
import { inTurns } from '../../base/in-turns';
import { hash32 } from '../../base/rng';
import type { LoggedChoice } from './logged-choice';

export interface LogSplit {
  readonly training: readonly LoggedChoice[];
  /** Of the same time as training, of other people: stops the run and calibrates. */
  readonly validation: readonly LoggedChoice[];
  /** Later, and of people who are in neither of the others: what the gate judges by. */
  readonly test: readonly LoggedChoice[];
}

/** Share of the log's decisions that come before the test's time. */
const EARLIER = 0.7;
/** Of ten people three judge, two validate, five are learnt from. What was shown to nobody in particular is dealt by decision. */
const JUDGES = 3;
const VALIDATORS = 2;

/** The same in every vertical's log. */
function partOf({ person, decisionId }: LoggedChoice): number {
  return hash32(`judge:${person ?? decisionId}`) % 10;
}

/**
 * Splits by time and by person: a test decision is later than every training one, and its person is in none of them. What fits neither
 * side (a judge's earlier decisions, a learner's later ones) is left out. The same log is always split the same way.
 * @param log oldest first
 */
export function splitLog(log: readonly LoggedChoice[]): LogSplit {
  const cut = log[Math.floor(log.length * EARLIER)]?.at;
  const judges = (choice: LoggedChoice): boolean => partOf(choice) < JUDGES;
  const validates = (choice: LoggedChoice): boolean => !judges(choice) && partOf(choice) < JUDGES + VALIDATORS;
  const earlier = log.filter(({ at }) => at < cut!);
  const split = {
    training: earlier.filter((choice) => !validates(choice) && (choice.person === null || !judges(choice))),
    validation: earlier.filter(validates),
    test: log.filter((choice) => choice.at >= cut! && (choice.person === null || judges(choice))),
  };
  requireNoLeak(split);
  return split;
}

/** What of another vertical's log may teach beside a split: what came before its test, of people who neither judge nor validate. */
export async function learnableBeside(other: readonly LoggedChoice[], { test }: LogSplit): Promise<LoggedChoice[]> {
  const cut = test[0]?.at;
  const learnable: LoggedChoice[] = [];
  for await (const slice of inTurns(other)) learnable.push(...slice.filter((choice) => cut !== undefined && choice.at < cut && partOf(choice) >= JUDGES + VALIDATORS));
  return learnable;
}

/** @throws SPLIT_LEAKS where what is judged by could have been learnt: by time, by person, by decision */
export function requireNoLeak({ training, validation, test }: LogSplit): void {
  const learnt = [...training, ...validation];
  const last = learnt.reduce((latest, { at }) => Math.max(latest, at.getTime()), -Infinity);
  const early = test.filter(({ at }) => at.getTime() <= last).length;
  if (early > 0) throw leak(`${early} of ${test.length} test decisions are not later than all training decisions`);
  const people = new Set(learnt.flatMap(({ person }) => person ?? []));
  const known = new Set(test.flatMap(({ person }) => (person !== null && people.has(person) ? [person] : [])));
  if (known.size > 0) throw leak(`${known.size} people are on both sides`);
  const decisions = new Set(learnt.map(({ decisionId }) => decisionId));
  const same = test.filter(({ decisionId }) => decisions.has(decisionId)).length;
  if (same > 0) throw leak(`${same} decisions are on both sides`);
}

function leak(what: string): AdloomError {
  return new AdloomError('SPLIT_LEAKS', `The split leaks: ${what}. A model judged so would look better than it is.`, { field: 'test', hint: 'Split by time and by person, as splitLog does.' });
}
