/** A graph as the bytes of an ONNX model. Nodes that no output needs are left out. */
import { onnx } from 'onnx-proto';
import { PROTO_TYPE } from './dtype';
import type { Attribute, Constant, Graph, Node, Value } from './graph';

const OPSET = 20;
const IR_VERSION = 9;
/** On a processor the runtime joins what stands before keys and values to them only where it is asked for them. */
const NAMED = new Set(['MultiHeadAttention']);

export function serialize(graph: Graph): Uint8Array {
  const nodes = liveNodes(graph);
  const read = new Set(nodes.flatMap((n) => n.inputs.flatMap((v) => (v ? [v.name] : []))));
  for (const { value } of graph.outputs) read.add(value.name);
  const named = graph.outputs.filter(({ name, value }) => name !== value.name);
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: 'adloom',
    opsetImport: [
      { domain: '', version: OPSET },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: {
      name: graph.name,
      input: graph.inputs.map((v) => valueInfo(v, v.name)),
      output: graph.outputs.map(({ name, value }) => valueInfo(value, name)),
      initializer: [...graph.constants.values()].filter((c) => read.has(c.value.name)).map(tensor),
      node: [
        ...nodes.map((node, i) => nodeProto(node, i, read)),
        ...named.map(({ name, value }) => onnx.NodeProto.create({ opType: 'Identity', name: `output_${name}`, input: [value.name], output: [name] })),
      ],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

/** The nodes that the outputs depend on, in their order of making (which is a topological one). */
export function liveNodes(graph: Graph): Node[] {
  const live = new Set<Node>();
  const stack = graph.outputs.flatMap(({ value }) => (value.node ? [value.node] : []));
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (live.has(node)) continue;
    live.add(node);
    for (const input of node.inputs) if (input?.node) stack.push(input.node);
  }
  return graph.nodes.filter((node) => live.has(node));
}

function valueInfo(value: Value, name: string): onnx.IValueInfoProto {
  const dim = value.shape.map((d) => (typeof d === 'number' ? { dimValue: d } : { dimParam: d }));
  return { name, type: { tensorType: { elemType: PROTO_TYPE[value.dtype], shape: { dim } } } };
}

function tensor({ value, data }: Constant): onnx.ITensorProto {
  return {
    name: value.name,
    dims: value.shape as number[],
    dataType: PROTO_TYPE[value.dtype],
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function nodeProto(node: Node, index: number, read: ReadonlySet<string>): onnx.INodeProto {
  // Trailing outputs that nothing reads stay unnamed, which spares the runtime from making them.
  const output = node.outputs.map((v, i) => (i === 0 || read.has(v.name) || NAMED.has(node.op) ? v.name : ''));
  while (output.length > 1 && output.at(-1) === '') output.pop();
  return onnx.NodeProto.create({
    name: `${index}_${node.op}`,
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((v) => v?.name ?? ''),
    output,
    attribute: Object.entries(node.attributes).map(([name, value]) => attribute(name, value)),
  });
}

function attribute(name: string, value: Attribute): onnx.IAttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: Buffer.from(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}
