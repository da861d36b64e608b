/** A GPT-2 that writes through graphs of our own. Lives in a worker thread. */
import type { Ends, LanguageModel, TextCodec } from '../decoding/language-model';
import type { Gpt2Config } from '../gpt2/config';
import { continuationGraph } from '../gpt2/continuation-graph';
import type { Weights } from '../gpt2/parameters';
import { createSession, type SessionOptions } from '../runtime/session';
import { continueRows } from './continue-rows';

/** Texts written at a time. Many of them are the same for a few tokens, and then one row; more would fill the matrix products no better. */
const BATCH = 48;

export interface GraphModelParts {
  id: string;
  parameters: number;
  config: Gpt2Config;
  weights: Weights;
  ends: Ends;
  codec: TextCodec;
}

/** @throws MODEL_INVALID when the runtime refuses the graph */
export async function openGraphModel({ id, parameters, config, weights, ends, codec }: GraphModelParts, options: SessionOptions = {}): Promise<LanguageModel> {
  const session = await createSession(continuationGraph(config, weights), options);
  return {
    id,
    parameters,
    vocabulary: config.vocabulary,
    positions: config.positions,
    ends,
    ...codec,
    continueRows: (continuation) => continueRows(session, config, BATCH, continuation),
  };
}
