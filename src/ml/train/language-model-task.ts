import { badInput } from '../../base/errors';
import { createRng } from '../../base/rng';
import { gpt2Body } from '../gpt2/body';
import type { Gpt2Config } from '../gpt2/config';
import { languageModelLoss } from '../gpt2/heads';
import { bodyParameters, parametersAsInputs, type Weights } from '../gpt2/parameters';
import { Graph } from '../onnx/graph';
import { serialize } from '../onnx/serialize';
import { createSession, type Feeds, type Session } from '../runtime/session';
import { lengthBatches } from './batches';
import { documentCount, documentFeeds, documentLengths, type Documents } from './documents';
import { languageModelProgram } from './programs';
import type { Task } from './task';

export interface LanguageModelJob {
  config: Gpt2Config;
  training: Documents;
  validation: Documents;
  /** Padded tokens of a batch. */
  batchTokens: number;
  dropout: number;
  threads?: number;
}

/** Next-token prediction over documents; validation reports the loss per weighted token and its exponential. */
export function languageModelTask(job: LanguageModelJob): Task {
  checkDocuments('training', job.training, job.config);
  checkDocuments('validation', job.validation, job.config);
  const lengths = documentLengths(job.training);
  let evaluation: Promise<Session> | undefined;
  return {
    program: (seed) => languageModelProgram(job.config, job.dropout > 0 ? { ratio: job.dropout, seed } : undefined),
    batches: (rng) =>
      lengthBatches(lengths, job.batchTokens, rng).map((batch) => ({
        feeds: () => documentFeeds(job.training, batch).feeds,
        tokens: batch.reduce((sum, d) => sum + lengths[d]!, 0),
      })),
    async evaluate(weights) {
      evaluation ??= createSession(lossGraph(job.config), { threads: job.threads });
      const session = await evaluation;
      const given = weightFeeds(weights);
      let total = 0;
      let weight = 0;
      for (const batch of lengthBatches(documentLengths(job.validation), job.batchTokens, createRng(1))) {
        const part = documentFeeds(job.validation, batch);
        const { loss } = await session.run({ ...given, ...part.feeds });
        total += (loss!.data as Float32Array)[0]! * part.weight;
        weight += part.weight;
      }
      const loss = total / weight;
      return { loss, perplexity: Math.exp(loss) };
    },
    async close() {
      await (await evaluation)?.release();
    },
  };
}

/** @throws BAD_INPUT for documents that the model cannot read */
export function checkDocuments(field: string, documents: Documents, { positions, vocabulary }: Gpt2Config): void {
  if (documentCount(documents) === 0) throw badInput(field, `There are no ${field} documents.`, 'Give more texts.');
  const longest = documentLengths(documents).reduce((most, length) => Math.max(most, length), 0);
  if (longest > positions) throw badInput(field, `A ${field} document has ${longest + 1} tokens; the model reads ${positions + 1} at most.`, 'Cut long documents.');
  const foreign = documents.ids.find((id) => id < 0 || id >= vocabulary);
  if (foreign !== undefined) throw badInput(field, `A ${field} document holds the token ${foreign}; the model has ${vocabulary}.`, "Encode with the model's own tokenizer.");
}

function lossGraph(config: Gpt2Config): Uint8Array {
  const g = new Graph('gpt2-language-model-validation');
  const { source } = parametersAsInputs(g, bodyParameters(config));
  const ids = g.input('ids', 'int32', ['B', 'T']);
  const targets = g.input('targets', 'int64', ['N']);
  const weights = g.input('weights', 'float32', ['N']);
  const { hidden } = gpt2Body(g, config, source, { ids });
  g.output('loss', languageModelLoss(g, hidden, targets, weights, source));
  return serialize(g);
}

/** Weights as inputs of a graph. */
export function weightFeeds(weights: Weights): Feeds {
  return Object.fromEntries([...weights].map(([name, { shape, data }]) => [name, { dtype: 'float32' as const, dims: shape, data }]));
}
