/**
 * The graph that explains GPT-2's part of a score: the gradient of the classifier's logit towards the token embeddings, summed along
 * the straight path from a baseline to the text (integrated gradients, Sundararajan, Taly and Yan 2017, "Axiomatic attribution for
 * deep networks", equation 3). The gradient is this project's own autodiff over the one definition of the model.
 */
import { gradients } from '../autodiff/gradients';
import { gpt2Body } from '../gpt2/body';
import type { Gpt2Config } from '../gpt2/config';
import { classifierLogits } from '../gpt2/heads';
import { parametersAsConstants, type Weights } from '../gpt2/parameters';
import { Graph } from '../onnx/graph';
import { gather, mul, reduceSum, reshape, sub, sumAll } from '../onnx/ops';
import { serialize } from '../onnx/serialize';

/**
 * Inputs: ids int32 [B, T], the same sequence in every row; moved float32 [T], 1 for tokens that the path moves and 0 for those that
 * stand still; alphas float32 [B], how far along the path each row is, 0 to 1; steps float32 [B], the weight of each row in the sum;
 * rows int64 [B], where in B T each row's last token is; baseline float32 [C], the embedding that the path starts from.
 * Outputs: logits float32 [B] of every row, and attributions float32 [T]: sum over rows of weight x gradient . (embedding - baseline).
 */
export function buildPathGraph(config: Gpt2Config, weights: Weights): Graph {
  const g = new Graph('gpt2-explanation');
  const param = parametersAsConstants(g, weights);
  const C = config.channels;
  const ids = g.input('ids', 'int32', ['B', 'T']);
  const moved = g.input('moved', 'float32', ['T']);
  const alphas = g.input('alphas', 'float32', ['B']);
  const steps = g.input('steps', 'float32', ['B']);
  const rows = g.input('rows', 'int64', ['B']);
  const baseline = g.input('baseline', 'float32', [C]);

  const text = gather(g, param('wte.weight'), ids); // [B, T, C]
  const way = mul(g, sub(g, text, baseline), reshape(g, moved, ['T', 1])); // [B, T, C]
  const left = reshape(g, sub(g, g.literal('float32', 1), alphas), ['B', 1, 1]);
  const embeddings = sub(g, text, mul(g, way, left));
  const { hidden } = gpt2Body(g, config, param, { ids, embeddings });
  const logits = classifierLogits(g, hidden, rows, param); // [B]
  const [slope] = gradients(g, sumAll(g, mul(g, logits, steps)), [embeddings]);
  g.output('logits', logits);
  g.output('attributions', reduceSum(g, mul(g, slope!, way), [0, 2]));
  return g;
}

export function pathGraph(config: Gpt2Config, weights: Weights): Uint8Array {
  return serialize(buildPathGraph(config, weights));
}
