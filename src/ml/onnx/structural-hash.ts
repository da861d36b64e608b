import { createHash } from 'node:crypto';
import type { Graph } from './graph';
import { liveNodes } from './serialize';

/**
 * A fingerprint of what a graph computes: operators, wiring, attributes, types and shapes, without names or weights.
 * Equal before and after a refactor, or the refactor changed behaviour.
 */
export function structuralHash(graph: Graph): string {
  const hash = createHash('sha256');
  const index = new Map<string, string>();
  graph.inputs.forEach((v, i) => index.set(v.name, `in${i}:${v.dtype}[${v.shape.join()}]`));
  for (const { value, data } of graph.constants.values()) {
    const small = data.length <= 8 ? Array.from(data as ArrayLike<number | bigint>, String).join() : '';
    index.set(value.name, `const:${value.dtype}[${value.shape.join()}]${small}`);
  }
  liveNodes(graph).forEach((node, i) => {
    const inputs = node.inputs.map((v) => (v ? index.get(v.name) : '-')).join(';');
    node.outputs.forEach((v, o) => index.set(v.name, `n${i}.${o}`));
    hash.update(`${node.domain}/${node.op}(${inputs})${JSON.stringify(node.attributes)}\n`);
  });
  for (const { name, value } of graph.outputs) hash.update(`${name}=${index.get(value.name)}\n`);
  return hash.digest('hex').slice(0, 16);
}
