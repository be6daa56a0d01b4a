// Matrix products of the reference interpreter: Gemm on matrices, MatMul and FusedMatMul on stacks of them.
import { type Attributes, elementwise, type Kernel, type ReferenceTensor, sizeOf } from "./reference-tensor.ts";

/** One operand: where its matrices lie and how to step along rows and columns. */
type Stack = {
  readonly rows: number;
  readonly columns: number;
  at(stack: number, row: number, column: number): number;
};

function stackOf({ shape, data }: ReferenceTensor, transposed: boolean): Stack {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const size = rows * columns;
  return transposed
    ? { rows: columns, columns: rows, at: (stack, row, column) => data[stack * size + column * columns + row]! }
    : { rows, columns, at: (stack, row, column) => data[stack * size + row * columns + column]! };
}

function product(a: ReferenceTensor, b: ReferenceTensor, attributes: Attributes): ReferenceTensor {
  const left = stackOf(a, attributes["transA"] === 1);
  const right = stackOf(b, attributes["transB"] === 1);
  if (left.columns !== right.rows) throw new Error(`cannot multiply [${a.shape}] by [${b.shape}]`);
  const stacks = sizeOf(a.shape.slice(0, -2));
  const shared = b.shape.length === 2;
  const scale = typeof attributes["alpha"] === "number" ? attributes["alpha"] : 1;
  const data = new Float64Array(stacks * left.rows * right.columns);
  let index = 0;
  for (let stack = 0; stack < stacks; stack++) {
    for (let row = 0; row < left.rows; row++) {
      for (let column = 0; column < right.columns; column++) {
        let sum = 0;
        for (let k = 0; k < left.columns; k++) sum += left.at(stack, row, k) * right.at(shared ? 0 : stack, k, column);
        data[index++] = sum * scale;
      }
    }
  }
  return { shape: [...a.shape.slice(0, -2), left.rows, right.columns], data };
}

const multiply: Kernel = ([a, b], attributes) => [product(a!, b!, attributes)];

export const matrixKernels: Readonly<Record<string, Kernel>> = {
  MatMul: multiply,
  FusedMatMul: multiply,
  Gemm: ([a, b, c], attributes) => {
    const result = product(a!, b!, attributes);
    return [c ? elementwise(result, c, (x, y) => x + y) : result];
  },
};
