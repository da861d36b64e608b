import type { Rng } from '../../base/rng';
import type { Weights } from '../gpt2/parameters';
import type { Feeds } from '../runtime/session';
import type { Program } from './programs';

/** Figures of a validation pass; `loss` decides early stopping, lower is better. */
export type Evaluation = { loss: number } & Record<string, number>;

/** What the training loop needs to know about a kind of training. */
export interface Task {
  /** @param seed of the dropout masks */
  program(seed: number): Program;
  /** The batches of one epoch, in their order, as thunks; `tokens` counts what is processed. */
  batches(rng: Rng): { feeds(): Feeds; tokens: number }[];
  evaluate(weights: Weights): Promise<Evaluation>;
  close(): Promise<void>;
}
