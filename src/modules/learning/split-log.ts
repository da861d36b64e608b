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
export async function splitLog(log: readonly LoggedChoice[]): Promise<LogSplit> {
  const cut = log[Math.floor(log.length * EARLIER)]?.at;
  const split = { training: [] as LoggedChoice[], validation: [] as LoggedChoice[], test: [] as LoggedChoice[] };
  for await (const slice of inTurns(log)) {
    for (const choice of slice) {
      const part = partOf(choice);
      const judges = part < JUDGES;
      const validates = !judges && part < JUDGES + VALIDATORS;
      if (choice.at < cut!) {
        if (validates) split.validation.push(choice);
        else if (choice.person === null || !judges) split.training.push(choice);
      } else if (choice.person === null || judges) split.test.push(choice);
    }
  }
  await requireNoLeak(split);
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
export async function requireNoLeak({ training, validation, test }: LogSplit): Promise<void> {
  let last = -Infinity;
  const [people, decisions] = [new Set<string>(), new Set<string>()];
  for (const part of [training, validation]) {
    for await (const slice of inTurns(part)) {
      for (const { at, person, decisionId } of slice) {
        last = Math.max(last, at.getTime());
        if (person !== null) people.add(person);
        decisions.add(decisionId);
      }
    }
  }
  let [early, same] = [0, 0];
  const known = new Set<string>();
  for await (const slice of inTurns(test)) {
    for (const { at, person, decisionId } of slice) {
      if (at.getTime() <= last) early += 1;
      if (person !== null && people.has(person)) known.add(person);
      if (decisions.has(decisionId)) same += 1;
    }
  }
  if (early > 0) throw leak(`${early} of ${test.length} test decisions are not later than all training decisions`);
  if (known.size > 0) throw leak(`${known.size} people are on both sides`);
  if (same > 0) throw leak(`${same} decisions are on both sides`);
}

function leak(what: string): AdloomError {
  return new AdloomError('SPLIT_LEAKS', `The split leaks: ${what}. A model judged so would look better than it is.`, { field: 'test', hint: 'Split by time and by person, as splitLog does.' });
}
