// Writes a graph as an ONNX file: the few protobuf messages that needs, by hand. Field numbers are those of onnx.proto3.
import type { Attribute, Constant, ElementType, Graph, GraphInput, GraphNode } from "./graph-builder.ts";

const irVersion = 9;
const operatorSets = [
  { domain: "", version: 17 },
  { domain: "com.microsoft", version: 1 },
];
const elementTypes: Readonly<Record<ElementType, number>> = { float32: 1, int64: 7 };
const attributeTypes = { float: 1, integer: 2, string: 3, integers: 7 };

const utf8 = new TextEncoder();

type Field = readonly Uint8Array[];

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const integer = (field: number, value: number): Field => [varint(field << 3), varint(value)];

const float = (field: number, value: number): Field => [
  varint((field << 3) | 5),
  new Uint8Array(Float32Array.of(value).buffer),
];

const bytes = (field: number, content: Uint8Array): Field => [
  varint((field << 3) | 2),
  varint(content.length),
  content,
];

const text = (field: number, value: string): Field => bytes(field, utf8.encode(value));

const message = (field: number, ...fields: readonly Field[]): Field => bytes(field, joined(fields));

function joined(fields: readonly Field[]): Uint8Array {
  const parts = fields.flat();
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function attribute(name: string, value: Attribute): Field {
  const typed = (type: number, ...fields: readonly Field[]) => message(5, text(1, name), ...fields, integer(20, type));
  if (typeof value === "number") return typed(attributeTypes.integer, integer(3, value));
  if (typeof value === "string") return typed(attributeTypes.string, text(4, value));
  if ("float" in value) return typed(attributeTypes.float, float(2, value.float));
  return typed(attributeTypes.integers, ...value.map((item) => integer(8, item)));
}

const node = (item: GraphNode): Field =>
  message(
    1,
    ...item.inputs.map((name) => text(1, name)),
    ...item.outputs.map((name) => text(2, name)),
    text(4, item.operator),
    ...Object.entries(item.attributes).map(([name, value]) => attribute(name, value)),
    text(7, item.domain),
  );

const constant = ({ name, shape, values }: Constant): Field =>
  message(
    5,
    ...shape.map((size) => integer(1, size)),
    integer(2, elementTypes[values instanceof Float32Array ? "float32" : "int64"]),
    text(8, name),
    bytes(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );

function valueInfo(field: number, { name, type, shape }: GraphInput): Field {
  const sizes = shape.map((size) => message(1, typeof size === "number" ? integer(1, size) : text(2, size)));
  return message(field, text(1, name), message(2, message(1, integer(1, elementTypes[type]), message(2, ...sizes))));
}

/** The graph as the bytes of an `.onnx` file. */
export function onnxFile(graph: Graph): Uint8Array {
  return joined([
    integer(1, irVersion),
    message(
      7,
      ...graph.nodes.map(node),
      text(2, "assay"),
      ...graph.constants.map(constant),
      ...graph.inputs.map((input) => valueInfo(11, input)),
      ...graph.outputs.map((output) => valueInfo(12, output)),
    ),
    ...operatorSets.map(({ domain, version }) => message(8, text(1, domain), integer(2, version))),
  ]);
}
