import { badInput } from '../../base/errors';
import type { Rng } from '../../base/rng';
import { createRng } from '../../base/rng';
import { parametersAsInputs, type Weights } from '../gpt2/parameters';
import { rankerInputs, rankerLogits, rankerParameters, type RankerShape } from '../gpt2/ranker';
import { rankerFeeds, type RankFeedOptions } from '../gpt2/rank-feeds';
import { logLossOfLogit } from '../metrics/log-loss';
import { Graph } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import { createSession, type Session } from '../runtime/session';
import { lengthBatches } from './batches';
import { weightFeeds } from './language-model-task';
import { rankerProgram, type Trained } from './programs';
import { exampleLength, targetFeeds, type RankExample } from './rank-data';
import type { Evaluation, Task } from './task';

/** Examples of one kind, and how much the kind weighs in every epoch. */
export interface RankSet {
  name: string;
  examples: RankExample[];
  /** Share of the examples drawn anew for each epoch, in (0, 1]. */
  share: number;
  /** What a batch of this set counts, 1 unless told: beside a set that is to lead, others hold their ground at less. */
  weight?: number;
}

export interface RankingJob {
  shape: RankerShape;
  trained: Trained;
  training: RankSet[];
  validation: RankSet[];
  batchTokens: number;
  dropout: number;
  /** Weight of the point loss and of the pair loss. */
  balance: { points: number; pairs: number };
  threads?: number;
}

export const ROW_BUDGET = 192;

/** Ranking by points and pairs. Validation reports, per set, how often the better of a pair scores higher; the loss is over all. */
export function rankingTask(job: RankingJob): Task {
  const options: RankFeedOptions = { rowBudget: ROW_BUDGET, positions: job.shape.body?.positions ?? Infinity, deep: !!job.shape.body, wide: !!job.shape.wide, grams: job.shape.grams };
  const validation = job.validation.filter((set) => set.examples.some((example) => example.pairs.length > 0));
  if (validation.length === 0) throw badInput('validation', 'There are no pairs to validate on.', 'Give more choices.');
  let evaluation: Promise<Session> | undefined;
  return {
    program: (seed) => rankerProgram(job.shape, job.trained, job.dropout > 0 ? { ratio: job.dropout, seed } : undefined),
    batches: (rng) =>
      rankBatches(job, rng).map(({ examples, weight }) => ({
        feeds: () => ({ ...rankerFeeds(examples, options), ...targetFeeds(examples, { points: weight * job.balance.points, pairs: weight * job.balance.pairs }) }),
        tokens: examples.reduce((sum, e) => sum + exampleLength(e), 0),
      })),
    async evaluate(weights) {
      evaluation ??= createSession(logitGraph(job.shape), { threads: job.threads });
      const session = await evaluation;
      const result: Evaluation = { loss: 0 };
      for (const set of validation) {
        const { loss, accuracy } = await evaluateSet(session, weights, set, options, job.batchTokens);
        result[`${set.name}.loss`] = loss;
        result[`${set.name}.pairs`] = accuracy;
        result.loss += loss / validation.length;
      }
      return result;
    },
    async close() {
      await (await evaluation)?.release();
    },
  };
}

/** The batches of one epoch. A batch holds examples of one set: the kinds differ in length and in what their losses mean. */
export function rankBatches({ training, batchTokens }: Pick<RankingJob, 'training' | 'batchTokens'>, rng: Rng): { weight: number; examples: RankExample[] }[] {
  const batches = training.flatMap((set) => {
    const drawn = draw(set, rng);
    return lengthBatches(drawn.map(exampleLength), batchTokens, rng).map((batch) => ({ weight: set.weight ?? 1, examples: batch.map((i) => drawn[i]!) }));
  });
  return rng.shuffle(batches);
}

function draw({ examples, share }: RankSet, rng: Rng): RankExample[] {
  if (share >= 1) return examples;
  return rng.shuffle([...examples]).slice(0, Math.ceil(examples.length * share));
}

async function evaluateSet(session: Session, weights: Weights, set: RankSet, options: RankFeedOptions, budget: number): Promise<{ loss: number; accuracy: number }> {
  const given = weightFeeds(weights);
  let [loss, right, weight] = [0, 0, 0];
  for (const batch of lengthBatches(set.examples.map(exampleLength), budget * 2, createRng(1))) {
    const examples = batch.map((i) => set.examples[i]!);
    const { logits } = await session.run({ ...given, ...rankerFeeds(examples, options) });
    let base = 0;
    for (const example of examples) {
      for (const pair of example.pairs) {
        const difference = (logits!.data[base + pair.first] as number) - (logits!.data[base + pair.second] as number);
        loss += pair.weight * logLossOfLogit(difference, pair.target);
        right += pair.weight * (difference === 0 ? 0.5 : Number(difference > 0 === pair.target > 0.5));
        weight += pair.weight;
      }
      base += example.texts.length;
    }
  }
  return { loss: loss / weight, accuracy: right / weight };
}

function logitGraph(shape: RankerShape): Uint8Array {
  const g = new Graph('gpt2-ranker-validation');
  const { source } = parametersAsInputs(g, rankerParameters(shape));
  g.output('logits', rankerLogits(g, shape, source, rankerInputs(g, shape)));
  return serialize(g);
}
