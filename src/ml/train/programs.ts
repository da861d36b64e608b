/** The training graphs: forward and gradient in one ONNX model. Weights come in as inputs, gradients go out. */
import { gradients } from '../autodiff/gradients';
import { gpt2Body } from '../gpt2/body';
import type { Dropout, Gpt2Config } from '../gpt2/config';
import { logisticLoss, languageModelLoss, pairwiseLoss } from '../gpt2/heads';
import { bodyParameters, classifierParameters, parametersAsInputs, type ParameterSpec } from '../gpt2/parameters';
import { rankerInputs, rankerLogits, rankerParameters, type RankerShape } from '../gpt2/ranker';
import { Graph, type Value } from '../onnx/graph';
import { add } from '../onnx/ops';
import { serialize } from '../onnx/serialize';

export interface Program {
  graph: Graph;
  /** The graph as an ONNX model. */
  bytes: Uint8Array;
  parameters: readonly ParameterSpec[];
  /** Names of the parameters that get a gradient; output `d.<name>` holds it. */
  trained: readonly string[];
}

/**
 * Language modelling. Inputs: ids int32 [B, T], targets int64 [N], weights float32 [N] with N = B T.
 * Outputs: loss [], and one gradient per parameter.
 */
export function languageModelProgram(config: Gpt2Config, dropout?: Dropout): Program {
  const g = new Graph('gpt2-language-model-training');
  const parameters = bodyParameters(config);
  const { source, values } = parametersAsInputs(g, parameters);
  const ids = g.input('ids', 'int32', ['B', 'T']);
  const targets = g.input('targets', 'int64', ['N']);
  const weights = g.input('weights', 'float32', ['N']);
  const { hidden } = gpt2Body(g, config, source, { ids, dropout });
  return finish(g, languageModelLoss(g, hidden, targets, weights, source), parameters, values);
}

/** Which part of a ranker learns. */
export type Trained = 'all' | 'wide' | 'deep';

/**
 * Ranking. Inputs: those of the ranker, point targets and weights float32 [K], pairs first, second int64 [Q] with
 * targets and weights float32 [Q]. Outputs: loss [], logits [K], and one gradient per trained parameter.
 */
export function rankerProgram(shape: RankerShape, trained: Trained, dropout?: Dropout): Program {
  const g = new Graph('gpt2-ranker-training');
  const parameters = rankerParameters(shape);
  const { source, values } = parametersAsInputs(g, parameters);
  const inputs = rankerInputs(g, shape);
  const logits = rankerLogits(g, shape, source, inputs, dropout);
  const loss = rankingLoss(g, logits);
  g.output('logits', logits);
  const learning = values.filter((v) => trained === 'all' || v.name.startsWith('wide.') === (trained === 'wide'));
  return finish(g, loss, parameters, learning);
}

/** Point and pair losses on logits [K], a scalar; makes the inputs of the targets. */
export function rankingLoss(g: Graph, logits: Value): Value {
  const points = logisticLoss(g, logits, g.input('point_targets', 'float32', ['K']), g.input('point_weights', 'float32', ['K']));
  const [first, second] = [g.input('pair_first', 'int64', ['Q']), g.input('pair_second', 'int64', ['Q'])];
  const pairs = pairwiseLoss(g, logits, first, second, g.input('pair_targets', 'float32', ['Q']), g.input('pair_weights', 'float32', ['Q']));
  return add(g, points, pairs);
}

/** Sequence classification without a wide part, one row per text, mean loss: the shape that reference values exist for. */
export function classifierProgram(config: Gpt2Config): Program {
  const shape: RankerShape = { body: config };
  const g = new Graph('gpt2-classifier-training');
  const parameters = [...bodyParameters(config), ...classifierParameters(config)];
  const { source, values } = parametersAsInputs(g, parameters);
  const logits = rankerLogits(g, shape, source, rankerInputs(g, shape));
  const loss = logisticLoss(g, logits, g.input('point_targets', 'float32', ['K']), g.input('point_weights', 'float32', ['K']));
  g.output('logits', logits);
  return finish(g, loss, parameters, values);
}

/** Adds the gradients of the loss and names the outputs. */
export function finish(g: Graph, loss: Value, parameters: readonly ParameterSpec[], learning: readonly Value[]): Program {
  const derivatives = gradients(g, loss, learning);
  g.output('loss', loss);
  learning.forEach((value, i) => g.output(`d.${value.name}`, derivatives[i]!));
  return { graph: g, bytes: serialize(g), parameters, trained: learning.map((v) => v.name) };
}
