import { AdloomError } from '../../base/errors';

/** What a graph with its weights in it may be: protobuf's and the runtime's bound, less room for the operators. */
const MOST_BYTES = 2 ** 31 - 2 ** 22;

/** @param parameters weights of a model that is to run, in float32 @throws MODEL_INVALID where they do not fit in one graph */
export function requireGraphFit(parameters: number): void {
  if (4 * parameters <= MOST_BYTES) return;
  const millions = (count: number): string => `${Math.round(count / 1e6)} million`;
  throw new AdloomError('MODEL_INVALID', `The model has ${millions(parameters)} weights; the graph that runs it may hold ${millions(MOST_BYTES / 4)}.`, {
    field: 'model.safetensors',
    hint: 'Give a smaller model: the first two sizes of GPT-2, of 124 and 355 million weights, fit.',
  });
}
