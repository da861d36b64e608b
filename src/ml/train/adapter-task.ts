/** Training an adapter for a ranker: the base stays in the graph as it is, what is learnt and checkpointed is the adapter alone. */
import { badInput } from '../../base/errors';
import { createRng } from '../../base/rng';
import type { Weights } from '../gpt2/parameters';
import { rankerFeeds, type RankFeedOptions } from '../gpt2/rank-feeds';
import { logLossOfLogit } from '../metrics/log-loss';
import { createSession, type Session } from '../runtime/session';
import { adapterLogitGraph, adapterProgram, type AdapterModel } from './adapter-program';
import { lengthBatches } from './batches';
import { weightFeeds } from './language-model-task';
import { exampleLength, lineFeeds, targetFeeds, type RankExample } from './rank-data';
import { rankBatches, ROW_BUDGET, type RankSet } from './ranking-task';
import type { Evaluation, Task } from './task';

export interface AdapterJob extends AdapterModel {
  training: RankSet[];
  validation: RankExample[];
  batchTokens: number;
  /** Of the body while training, and of the adapters' inputs. */
  dropout: { body: number; adapter: number };
  /** Weight of the point loss and of the pair loss. */
  balance: { points: number; pairs: number };
  threads?: number;
}

/** Validation reports the loss that training minimises, its parts, and how often the better of a pair scores higher. */
export function adapterTask(job: AdapterJob): Task {
  if (job.validation.length === 0) throw badInput('validation', 'There is nothing to validate the adapter on.', 'Give more choices.');
  const { body, wide, grams } = job.shape;
  const options: RankFeedOptions = { rowBudget: ROW_BUDGET, positions: body!.positions, deep: true, wide: !!wide, grams };
  const { body: ofBody, adapter } = job.dropout;
  let evaluation: Promise<Session> | undefined;
  return {
    program: (seed) => adapterProgram(job, ofBody > 0 || adapter > 0 ? { body: ofBody, adapter, seed } : undefined),
    batches: (rng) =>
      rankBatches(job, rng).map(({ examples, weight }) => ({
        feeds: () => ({ ...rankerFeeds(examples, options), ...lineFeeds(examples), ...targetFeeds(examples, { points: weight * job.balance.points, pairs: weight * job.balance.pairs }) }),
        tokens: examples.reduce((sum, e) => sum + exampleLength(e), 0),
      })),
    async evaluate(weights) {
      evaluation ??= createSession(adapterLogitGraph(job), { threads: job.threads });
      return evaluate(await evaluation, weights, job, options);
    },
    async close() {
      await (await evaluation)?.release();
    },
  };
}

async function evaluate(session: Session, weights: Weights, { validation, batchTokens, balance }: AdapterJob, options: RankFeedOptions): Promise<Evaluation> {
  const given = weightFeeds(weights);
  const points = { loss: 0, weight: 0 };
  const pairs = { loss: 0, weight: 0, right: 0 };
  for (const batch of lengthBatches(validation.map(exampleLength), batchTokens * 2, createRng(1))) {
    const examples = batch.map((i) => validation[i]!);
    const { logits } = await session.run({ ...given, ...rankerFeeds(examples, options), ...lineFeeds(examples) });
    const z = logits!.data as Float32Array;
    let base = 0;
    for (const example of examples) {
      example.points.forEach(({ target, weight }, i) => {
        points.loss += weight * logLossOfLogit(z[base + i]!, target);
        points.weight += weight;
      });
      for (const { first, second, target, weight } of example.pairs) {
        const difference = z[base + first]! - z[base + second]!;
        pairs.loss += weight * logLossOfLogit(difference, target);
        pairs.right += weight * (difference === 0 ? 0.5 : Number(difference > 0 === target > 0.5));
        pairs.weight += weight;
      }
      base += example.texts.length;
    }
  }
  const mean = ({ loss, weight }: { loss: number; weight: number }): number => (weight > 0 ? loss / weight : 0);
  const loss = balance.points * mean(points) + balance.pairs * mean(pairs);
  return { loss, points: mean(points), pairs: mean(pairs), accuracy: pairs.weight > 0 ? pairs.right / pairs.weight : 0.5 };
}
