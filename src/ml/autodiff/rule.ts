import type { Graph, Node, Value } from '../onnx/graph';
import { reduceSum, reshape } from '../onnx/ops';
import type { Dim } from '../onnx/shape';

/** What a rule is given: the node, and the gradient of each of its outputs (null where none flows back). */
export interface RuleCall {
  readonly g: Graph;
  readonly node: Node;
  readonly dys: readonly (Value | null)[];
  /** The gradient of the first output; rules of one-output operators need no other. */
  readonly dy: Value;
}

/**
 * One entry per input: a thunk that builds its gradient, or null where no gradient flows (indices, shapes, masks).
 * The thunk of an input that is frozen is never called, so frozen inputs cost nothing.
 */
export type Rule = (call: RuleCall) => readonly ((() => Value) | null)[];

/** Input i, which the operator's definition says is there. */
export function input(node: Node, i: number): Value {
  return node.inputs[i]!;
}

/** Sums a gradient over the axes along which `target` was broadcast. */
export function unbroadcast(g: Graph, dy: Value, target: Value): Value {
  const lead = dy.shape.length - target.shape.length;
  const summed: number[] = [];
  const kept: Dim[] = [];
  dy.shape.forEach((d, i) => {
    const t = i < lead ? undefined : target.shape[i - lead]!;
    if (t === d) kept.push(d);
    else summed.push(i);
  });
  if (summed.length === 0) return dy;
  const sum = reduceSum(g, dy, summed);
  const same = kept.length === target.shape.length;
  return same ? sum : reshape(g, sum, target.shape, [target]);
}
