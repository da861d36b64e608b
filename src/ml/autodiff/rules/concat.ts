import { bug } from '../../../base/errors';
import { split } from '../../onnx/ops';
import type { Value } from '../../onnx/graph';
import type { Rule } from '../rule';

/** y = (x1, x2, ...) joined along an axis; dxi = the part of dy that came from xi. */
export const concatRule: Rule = ({ g, node, dy }) => {
  const axis = node.attributes.axis as number;
  let parts: Value[] | undefined;
  const part = (i: number) => (): Value => {
    const extents = node.inputs.map((v) => v!.shape[axis]!);
    if (extents.some((e) => typeof e === 'string')) throw bug('Concat has a gradient where extents are known.');
    parts ??= split(g, dy, axis, extents as number[]);
    return parts[i]!;
  };
  return node.inputs.map((_, i) => part(i));
};
