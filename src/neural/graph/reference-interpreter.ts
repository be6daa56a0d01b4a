// Runs a graph in float64, slowly and plainly: the judge that the tests hold gradients and engines against.
import type { Attribute, Graph, GraphNode } from "./graph-builder.ts";
import { kernels } from "./reference-kernels.ts";
import type { Attributes, Kernel, ReferenceTensor } from "./reference-tensor.ts";

/** Every value of the graph by name, the outputs among them. */
export function interpret(
  graph: Graph,
  inputs: Readonly<Record<string, ReferenceTensor>>,
): Readonly<Record<string, ReferenceTensor>> {
  const values: Record<string, ReferenceTensor> = { ...inputs };
  for (const { name, shape, values: data } of graph.constants) {
    values[name] = { shape, data: Float64Array.from(data, Number) };
  }
  for (const node of graph.nodes) {
    const results = kernelOf(node)(
      node.inputs.map((name) => lookUp(values, name)),
      attributesOf(node.attributes),
    );
    node.outputs.forEach((name, index) => {
      const result = results[index];
      if (result) values[name] = result;
    });
  }
  return values;
}

function kernelOf({ operator }: GraphNode): Kernel {
  const kernel = kernels[operator];
  if (!kernel) throw new Error(`the reference interpreter lacks ${operator}`);
  return kernel;
}

function lookUp(values: Readonly<Record<string, ReferenceTensor>>, name: string): ReferenceTensor {
  const value = values[name];
  if (!value) throw new Error(`no value for ${name}`);
  return value;
}

const attributesOf = (attributes: Readonly<Record<string, Attribute>>): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      typeof value === "object" && "float" in value ? value.float : value,
    ]),
  );
