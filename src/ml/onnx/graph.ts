/**
 * A computation graph under construction. Knows names, element types and shapes; the operators are in `ops/`,
 * derivatives in `../autodiff`, bytes in `serialize.ts`.
 */
import { bug } from '../../base/errors';
import type { DType, TensorData } from './dtype';
import { sizeOf, type Shape } from './shape';

export interface Value {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** The node that makes it; absent for inputs and constants. */
  readonly node?: Node;
}

export type Attribute = number | string | readonly number[] | { float: number };

export interface Node {
  readonly op: string;
  /** '' is the ONNX standard, 'com.microsoft' the runtime's own operators. */
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly outputs: Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Constant {
  readonly value: Value;
  readonly data: TensorData;
}

export interface Output {
  readonly name: string;
  readonly value: Value;
}

export class Graph {
  readonly inputs: Value[] = [];
  readonly nodes: Node[] = [];
  readonly constants = new Map<string, Constant>();
  readonly outputs: Output[] = [];
  private readonly names = new Set<string>();
  private readonly literals = new Map<string, Value>();
  private counter = 0;

  constructor(readonly name: string) {}

  input(name: string, dtype: DType, shape: Shape): Value {
    const value: Value = { name: this.claim(name), dtype, shape };
    this.inputs.push(value);
    return value;
  }

  /** A named tensor stored in the model file. */
  constant(name: string, dtype: DType, shape: Shape, data: TensorData): Value {
    if (sizeOf(shape) !== data.length) {
      throw bug(`Constant ${name} of shape [${shape.join(', ')}] got ${data.length} elements.`);
    }
    const value: Value = { name: this.claim(name), dtype, shape };
    this.constants.set(name, { value, data });
    return value;
  }

  /** A small constant, shared by all that ask for the same one. */
  literal(dtype: 'float32' | 'int64' | 'int32' | 'uint8', values: readonly number[] | number): Value {
    const list = typeof values === 'number' ? [values] : values;
    const key = `${dtype}:${typeof values === 'number' ? 'scalar' : 'vector'}:${list.join(',')}`;
    const known = this.literals.get(key);
    if (known) return known;
    const data =
      dtype === 'float32' ? Float32Array.from(list)
      : dtype === 'int32' ? Int32Array.from(list)
      : dtype === 'uint8' ? Uint8Array.from(list)
      : BigInt64Array.from(list, (v) => BigInt(v));
    const value = this.constant(`literal_${this.literals.size}`, dtype, typeof values === 'number' ? [] : [list.length], data);
    this.literals.set(key, value);
    return value;
  }

  /** Appends a node; one output per entry of `results`. */
  node(
    op: string,
    inputs: readonly (Value | null)[],
    results: readonly { dtype: DType; shape: Shape }[],
    attributes: Record<string, Attribute> = {},
    domain = '',
  ): Value[] {
    const node: Node = { op, domain, inputs, outputs: [], attributes };
    for (const { dtype, shape } of results) {
      node.outputs.push({ name: this.claim(`${op}_${this.counter++}`), dtype, shape, node });
    }
    this.nodes.push(node);
    return node.outputs;
  }

  /** `node` for the many operators with one result. */
  one(op: string, inputs: readonly (Value | null)[], dtype: DType, shape: Shape, attributes: Record<string, Attribute> = {}, domain = ''): Value {
    return this.node(op, inputs, [{ dtype, shape }], attributes, domain)[0]!;
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name, value });
  }

  private claim(name: string): string {
    if (this.names.has(name)) throw bug(`The name ${name} is taken in graph ${this.name}.`);
    this.names.add(name);
    return name;
  }
}
