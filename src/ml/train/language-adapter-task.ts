/** Training an adapter for a language model: what is learnt and checkpointed is the adapter alone. */
import { badInput } from '../../base/errors';
import { createRng, type Rng } from '../../base/rng';
import type { Weights } from '../gpt2/parameters';
import { createSession, type Session } from '../runtime/session';
import { lengthBatches } from './batches';
import { documentFeeds, documentLengths, documentWeight, type Documents } from './documents';
import { languageAdapterLossGraph, languageAdapterProgram, type LanguageAdapterModel } from './language-adapter-program';
import { checkDocuments, weightFeeds } from './language-model-task';
import type { Evaluation, Task } from './task';

/** Documents of one kind. */
export interface DocumentSet {
  name: string;
  documents: Documents;
  /** Training: share of the documents drawn anew for each epoch, in (0, 1]. Validation: what this set's loss counts; below 0, it is to rise. */
  share: number;
}

export interface LanguageAdapterJob extends LanguageAdapterModel {
  /** The weights of all tokens count against each other, across documents, batches and sets. */
  training: DocumentSet[];
  validation: DocumentSet[];
  /** Padded tokens of a batch. */
  batchTokens: number;
  /** Of the body while training, and of the adapters' inputs. */
  dropout: { body: number; adapter: number };
  threads?: number;
}

interface Batch {
  documents: Documents;
  batch: number[];
}

/** Validation reports the loss per weighted token of each set as `<name>.loss`; `loss` is their sum by share. */
export function languageAdapterTask(job: LanguageAdapterJob): Task {
  if (job.validation.length === 0) throw badInput('validation', 'There is nothing to validate the adapter on.', 'Give held-out texts.');
  for (const { name, documents } of [...job.training, ...job.validation]) checkDocuments(name, documents, job.config);
  const { body, adapter } = job.dropout;
  let evaluation: Promise<Session> | undefined;
  return {
    program: (seed) => languageAdapterProgram(job, body > 0 || adapter > 0 ? { body, adapter, seed } : undefined),
    batches(rng) {
      const batches = epochBatches(job, rng);
      // One sum for all batches: a batch of light documents must count less than one of heavy ones.
      const mean = batches.reduce((sum, { documents, batch }) => sum + documentWeight(documents, batch), 0) / batches.length;
      return batches.map(({ documents, batch }) => ({
        feeds: () => documentFeeds(documents, batch, mean).feeds,
        tokens: batch.reduce((sum, d) => sum + documents.offsets[d + 1]! - documents.offsets[d]! - 1, 0),
      }));
    },
    async evaluate(weights) {
      evaluation ??= createSession(languageAdapterLossGraph(job), { threads: job.threads });
      const session = await evaluation;
      const result: Evaluation = { loss: 0 };
      for (const { name, documents, share } of job.validation) {
        const loss = await lossOf(session, weights, documents, job.batchTokens);
        result[`${name}.loss`] = loss;
        result.loss += share * loss;
      }
      return result;
    },
    async close() {
      await (await evaluation)?.release();
    },
  };
}

function epochBatches({ training, batchTokens }: LanguageAdapterJob, rng: Rng): Batch[] {
  const batches = training.flatMap(({ documents, share }): Batch[] => {
    const lengths = documentLengths(documents);
    const all = Array.from(lengths, (_, d) => d);
    const drawn = share >= 1 ? all : rng.shuffle(all).slice(0, Math.ceil(all.length * share));
    return lengthBatches(drawn.map((d) => lengths[d]!), batchTokens, rng).map((batch) => ({ documents, batch: batch.map((i) => drawn[i]!) }));
  });
  return rng.shuffle(batches);
}

async function lossOf(session: Session, weights: Weights, documents: Documents, budget: number): Promise<number> {
  const given = weightFeeds(weights);
  let [total, weight] = [0, 0];
  for (const batch of lengthBatches(documentLengths(documents), budget, createRng(1))) {
    const part = documentFeeds(documents, batch);
    const { loss } = await session.run({ ...given, ...part.feeds });
    total += (loss!.data as Float32Array)[0]! * part.weight;
    weight += part.weight;
  }
  return total / weight;
}
