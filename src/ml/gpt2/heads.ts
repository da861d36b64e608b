import type { Graph, Value } from '../onnx/graph';
import { gather, gemm, mul, reduceLogSumExp, reduceSum, reshape, softplus, sub, sumAll } from '../onnx/ops';
import type { ParameterSource, Weights } from './parameters';

/** Language-model logits [N, V]. `head` names its weights [V, C]: the token embeddings unless the model has some of its own. */
export function languageModelLogits(g: Graph, hidden: Value, param: ParameterSource, head = 'wte.weight'): Value {
  return gemm(g, hidden, param(head), null, { transB: true });
}

/** Which weights the head of these has, `lm_head.weight` where it is not tied to the embeddings. */
export function headOf(weights: Weights): string {
  return weights.has('lm_head.weight') ? 'lm_head.weight' : 'wte.weight';
}

/**
 * Weighted cross-entropy of the tied language-model head, a scalar: sum over rows of weight x -log p(target).
 * hidden [N, C], targets int64 [N], weights float32 [N]. Scale the weights so that they sum to 1 over a whole (accumulated) batch.
 *
 * -log p(t) = logsumexp(hidden wte^T) - hidden . wte[t]. Reading the target's logit from the embedding instead of the
 * [N, V] logits keeps the gradient of that term sparse: no one-hot matrix is ever made.
 */
export function languageModelLoss(g: Graph, hidden: Value, targets: Value, weights: Value, param: ParameterSource): Value {
  const N = hidden.shape[0]!;
  const normaliser = reshape(g, reduceLogSumExp(g, languageModelLogits(g, hidden, param), [1], true), [N]);
  const target = reduceSum(g, mul(g, hidden, gather(g, param('wte.weight'), targets)), [1]);
  return sumAll(g, mul(g, sub(g, normaliser, target), weights));
}

/** The classifier's logit at one row per sequence: hidden [N, C], rows int64 [B] -> [B]. */
export function classifierLogits(g: Graph, hidden: Value, rows: Value, param: ParameterSource): Value {
  return classifierLogit(g, gather(g, hidden, rows), param);
}

/** The classifier's logit of each hidden state: [K, C] -> [K]. */
export function classifierLogit(g: Graph, hidden: Value, param: ParameterSource): Value {
  return reshape(g, gemm(g, hidden, param('score.weight'), null, { transB: true }), [hidden.shape[0]!]);
}

/**
 * Weighted logistic loss, a scalar: sum of weight x (softplus(z) - target z).
 * logits z, targets in [0, 1] and weights are float32 [K].
 */
export function logisticLoss(g: Graph, logits: Value, targets: Value, weights: Value): Value {
  return sumAll(g, mul(g, weights, sub(g, softplus(g, logits), mul(g, targets, logits))));
}

/**
 * Logistic loss on differences within pairs: the first of a pair should win with probability `targets`
 * (Bradley and Terry 1952). logits [B]; first, second int64 [K]; targets, weights float32 [K].
 */
export function pairwiseLoss(g: Graph, logits: Value, first: Value, second: Value, targets: Value, weights: Value): Value {
  return logisticLoss(g, sub(g, gather(g, logits, first), gather(g, logits, second)), targets, weights);
}
