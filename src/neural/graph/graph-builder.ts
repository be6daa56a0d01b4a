// Collects the nodes of one computation graph. Knows operators by name only: what they compute is the engine's affair.

/** A size known now, or the name of one that is known when the graph runs (`batch`, `time`). */
export type Dimension = number | string;

export type ElementType = "float32" | "int64";

/** A tensor inside a graph, by its name. */
export type Value = { readonly name: string };

export type GraphInput = Value & { readonly type: ElementType; readonly shape: readonly Dimension[] };

/** Integers and lists of them are plain; a float says so, because ONNX keeps the two apart. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

export type GraphNode = {
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: "" | "com.microsoft";
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
};

export type Constant = Value & { readonly shape: readonly number[]; readonly values: Float32Array | BigInt64Array };

export type GraphOutput = GraphInput;

export type Graph = {
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly GraphOutput[];
  readonly constants: readonly Constant[];
  readonly nodes: readonly GraphNode[];
};

type NodeOptions = { readonly attributes?: Readonly<Record<string, Attribute>>; readonly domain?: GraphNode["domain"] };

export type GraphBuilder = {
  input(name: string, type: ElementType, shape: readonly Dimension[]): Value;
  /** A float32 constant; a bare number is a scalar. */
  floats(values: number | readonly number[] | Float32Array, shape?: readonly number[]): Value;
  /** A weight that is part of the graph; the array is not copied. */
  weight(name: string, shape: readonly number[], values: Float32Array): Value;
  /** A one-dimensional int64 constant: shapes, axes, indices. */
  integers(values: readonly number[]): Value;
  node(operator: string, inputs: readonly Value[], options?: NodeOptions): Value;
  /** For operators with several outputs. */
  nodes(operator: string, inputs: readonly Value[], outputs: number, options?: NodeOptions): readonly Value[];
  output(name: string, value: Value, shape: readonly Dimension[]): void;
  build(): Graph;
};

export function graphBuilder(): GraphBuilder {
  const inputs: GraphInput[] = [];
  const outputs: GraphOutput[] = [];
  const nodes: GraphNode[] = [];
  const constants = new Map<string, Constant>();
  let count = 0;

  const constant = (key: string, shape: readonly number[], values: Constant["values"]): Value => {
    const known = constants.get(key);
    if (known) return known;
    const made = { name: `constant${constants.size}`, shape, values };
    constants.set(key, made);
    return made;
  };

  const builder: GraphBuilder = {
    input(name, type, shape) {
      const input = { name, type, shape };
      inputs.push(input);
      return input;
    },
    floats(values, shape) {
      const list = typeof values === "number" ? [values] : values;
      const dimensions = shape ?? (typeof values === "number" ? [] : [list.length]);
      const data = Float32Array.from(list);
      return constant(`float ${dimensions} ${data}`, dimensions, data);
    },
    weight(name, shape, values) {
      const made = { name, shape, values };
      constants.set(name, made);
      return made;
    },
    integers(values) {
      return constant(`integer ${values}`, [values.length], BigInt64Array.from(values, BigInt));
    },
    node(operator, from, options) {
      return builder.nodes(operator, from, 1, options)[0]!;
    },
    nodes(operator, from, outputCount, { attributes = {}, domain = "" } = {}) {
      const made = Array.from({ length: outputCount }, () => ({ name: `${operator}${count++}` }));
      const names = (values: readonly Value[]) => values.map(({ name }) => name);
      nodes.push({ operator, domain, inputs: names(from), outputs: names(made), attributes });
      return made;
    },
    output(name, value, shape) {
      nodes.push({ operator: "Identity", domain: "", inputs: [value.name], outputs: [name], attributes: {} });
      outputs.push({ name, type: "float32", shape });
    },
    build: () => ({ inputs, outputs, nodes, constants: [...constants.values()] }),
  };
  return builder;
}
