import type { Graph, Value } from '../onnx/graph';
import { gemm } from '../onnx/ops';
import type { ParameterSource } from './parameters';

/** The linear layer `name` (weight [in, out], bias [out]) and what an adapter adds to it: x [N, in] -> [N, out]. */
export function linear(g: Graph, x: Value, name: string, param: ParameterSource): Value {
  const y = gemm(g, x, param(`${name}.weight`), param(`${name}.bias`));
  return param.adapt ? param.adapt(g, name, x, y) : y;
}
