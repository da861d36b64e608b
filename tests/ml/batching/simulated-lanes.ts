import type { AdloomError } from '../../../src/base/errors';
import { Batcher } from '../../../src/ml/batching/batcher';
import type { BatcherOptions, Job, JobReply, Lane } from '../../../src/ml/batching/types';
import { VirtualTime } from './virtual-time';

export interface Item {
  readonly name: string;
  readonly cost: number;
}

export interface Sent {
  readonly items: readonly Item[];
  readonly at: number;
  readonly lane: number;
}

/** A batcher over lanes that take a millisecond for each token, in virtual time, and everything that reached them. */
export function simulate(options: Partial<BatcherOptions<Item, string>> & { laneCount?: number; fail?: (items: readonly Item[], lane: number) => AdloomError | undefined } = {}) {
  const { laneCount = 1, fail, ...given } = options;
  const time = new VirtualTime();
  const sent: Sent[] = [];
  const calledOff: Sent[] = [];
  const lane = (number: number): Lane<Item, string> => async (items, signal) => {
    const batch = { items, at: time.elapsed(), lane: number };
    sent.push(batch);
    signal.addEventListener('abort', () => calledOff.push(batch));
    await time.wait(items.reduce((sum, { cost }) => sum + cost, 0));
    const error = fail?.(items, number);
    if (error) throw error;
    return items.map(({ name }) => `${name}!`);
  };
  const batcher = new Batcher<Item, string>({
    lanes: Array.from({ length: laneCount }, (_, i) => lane(i)),
    budget: 100,
    limits: { tokens: 1e9, requests: 1e9 },
    clock: time,
    timers: time,
    ...given,
  });
  /** Submits a job whose parts have these costs; its items are called `name/0`, `name/1`, ... */
  const submit = (name: string, costs: readonly number[], job: Omit<Job<Item>, 'parts'> = {}): Promise<JobReply<string>> => {
    const reply = batcher.submit({ parts: costs.map((cost, i) => ({ payload: { name: `${name}/${i}`, cost }, cost })), ...job });
    reply.catch(() => undefined);
    return reply;
  };
  const namesSent = (): string[][] => sent.map(({ items }) => items.map(({ name }) => name));
  return { time, batcher, sent, calledOff, submit, namesSent };
}
