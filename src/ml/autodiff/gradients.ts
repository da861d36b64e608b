/**
 * Reverse-mode differentiation of a graph, as more graph. Reads one rule per operator from `rules/`;
 * what it emits uses the same operators, so that gradients can be differentiated again.
 */
import { bug } from '../../base/errors';
import type { Graph, Node, Value } from '../onnx/graph';
import { add, zerosLike } from '../onnx/ops';
import { NOT_DIFFERENTIABLE, RULES } from './rules';

/**
 * The gradients of a scalar with respect to inputs, constants or intermediate values.
 * @param loss float32 []
 * @returns one value per entry of `wrt`, of its shape; zeros where the loss does not depend on it
 */
export function gradients(g: Graph, loss: Value, wrt: readonly Value[]): Value[] {
  if (loss.shape.length !== 0) throw bug(`A gradient needs a scalar loss, not shape [${loss.shape.join(', ')}].`);
  const nodes = [...g.nodes];
  const sensitive = sensitiveValues(nodes, wrt);
  const flowing = new Map<Value, Value>();
  flowing.set(loss, g.literal('float32', 1));
  for (const node of nodes.reverse()) {
    const dys = node.outputs.map((output) => flowing.get(output) ?? null);
    if (dys.every((dy) => dy === null) || !node.outputs.some((v) => sensitive.has(v))) continue;
    differentiate(g, node, dys, sensitive, flowing);
  }
  return wrt.map((value) => flowing.get(value) ?? zerosLike(g, value));
}

/** All values that change when a value of `wrt` changes. */
function sensitiveValues(nodes: readonly Node[], wrt: readonly Value[]): Set<Value> {
  const sensitive = new Set(wrt);
  for (const node of nodes) {
    if (NOT_DIFFERENTIABLE.has(node.op)) continue;
    if (node.inputs.some((v) => v && sensitive.has(v))) for (const output of node.outputs) sensitive.add(output);
  }
  return sensitive;
}

function differentiate(g: Graph, node: Node, dys: (Value | null)[], sensitive: Set<Value>, flowing: Map<Value, Value>): void {
  const rule = RULES.get(node.op);
  if (!rule) throw bug(`The operator ${node.op} has no gradient rule; add src/ml/autodiff/rules/<op>.ts.`);
  const thunks = rule({
    g,
    node,
    dys,
    get dy(): Value {
      const dy = dys[0];
      if (!dy) throw bug(`The first output of ${node.op} has no gradient.`);
      return dy;
    },
  });
  node.inputs.forEach((value, i) => {
    const thunk = thunks[i];
    if (!value || !thunk || !sensitive.has(value)) return;
    const gradient = thunk();
    const before = flowing.get(value);
    flowing.set(value, before ? add(g, before, gradient) : gradient);
  });
}
