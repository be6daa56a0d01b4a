// Logistic regression by Newton's method: a few dozen features, exact and deterministic in milliseconds. Knows numbers only.

export type LogisticRow = {
  readonly features: ArrayLike<number>;
  /** 1 or 0, or a probability between. */
  readonly label: number;
  /** Weight of the row; 1 by default. */
  readonly weight?: number;
};

export type LogisticOptions = {
  /** Strength of the pull towards `prior`, in rows. Default 1. */
  readonly ridge?: number;
  /** Where the pull goes; zero by default. As long as the rows. */
  readonly prior?: ArrayLike<number>;
  /** Adds a last weight that no feature multiplies and no ridge pulls. Default false. */
  readonly intercept?: boolean;
  /** Default 25. */
  readonly iterations?: number;
};

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] ?? 0);
  return sum;
}

/**
 * The weights that minimise the log loss plus `ridge`/2 times the squared distance to `prior`, both measured after
 * dividing every feature by its root mean square. Weights come back on the features' own scale; with `intercept` it
 * is the last one.
 */
export function fitLogistic(rows: readonly LogisticRow[], options: LogisticOptions = {}): readonly number[] {
  const { ridge = 1, prior, intercept = false, iterations = 25 } = options;
  const width = rows[0]?.features.length ?? 0;
  const scale = featureScale(rows, width);
  const size = width + (intercept ? 1 : 0);
  const start = Array.from({ length: size }, (_, at) => (at < width ? (prior?.[at] ?? 0) * (scale[at] as number) : 0));
  let weights = start;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const { gradient, curvature } = derivatives(rows, weights, scale, intercept);
    for (let at = 0; at < width; at++) {
      gradient[at] = (gradient[at] as number) + ridge * ((weights[at] as number) - (start[at] as number));
    }
    for (let at = 0; at < size; at++) {
      const diagonal = curvature[at] as Float64Array;
      diagonal[at] = (diagonal[at] as number) + (at < width ? ridge : 0) + 1e-9;
    }
    const step = solve(curvature, gradient);
    weights = weights.map((weight, at) => weight - (step[at] as number));
    if (Math.max(...step.map(Math.abs)) < 1e-8) break;
  }
  return weights.map((weight, at) => (at < width ? weight / (scale[at] as number) : weight));
}

function featureScale(rows: readonly LogisticRow[], width: number): readonly number[] {
  const squares = new Float64Array(width);
  for (const { features } of rows) {
    for (let at = 0; at < width; at++) squares[at] = (squares[at] as number) + (features[at] as number) ** 2;
  }
  return Array.from(squares, (sum) => Math.sqrt(sum / Math.max(1, rows.length)) || 1);
}

function derivatives(
  rows: readonly LogisticRow[],
  weights: readonly number[],
  scale: readonly number[],
  intercept: boolean,
): { readonly gradient: Float64Array; readonly curvature: readonly Float64Array[] } {
  const size = weights.length;
  const gradient = new Float64Array(size);
  const curvature = Array.from({ length: size }, () => new Float64Array(size));
  const x = new Float64Array(size);
  for (const { features, label, weight = 1 } of rows) {
    let score = 0;
    for (let at = 0; at < size; at++) {
      const value = intercept && at === size - 1 ? 1 : (features[at] as number) / (scale[at] as number);
      x[at] = value;
      score += value * (weights[at] as number);
    }
    const probability = sigmoid(score);
    const slope = weight * (probability - label);
    const bend = weight * Math.max(1e-6, probability * (1 - probability));
    for (let row = 0; row < size; row++) {
      gradient[row] = (gradient[row] as number) + slope * (x[row] as number);
      const line = curvature[row] as Float64Array;
      const factor = bend * (x[row] as number);
      for (let column = 0; column <= row; column++) {
        line[column] = (line[column] as number) + factor * (x[column] as number);
      }
    }
  }
  mirror(curvature);
  return { gradient, curvature };
}

function mirror(matrix: readonly Float64Array[]): void {
  for (let row = 0; row < matrix.length; row++) {
    for (let column = row + 1; column < matrix.length; column++) {
      (matrix[row] as Float64Array)[column] = (matrix[column] as Float64Array)[row] as number;
    }
  }
}

/** Gaussian elimination with pivoting; `matrix` and `vector` are used up. */
function solve(matrix: readonly Float64Array[], vector: Float64Array): readonly number[] {
  const rows = [...matrix];
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot] as Float64Array, rows[column] as Float64Array];
    [vector[column], vector[pivot]] = [vector[pivot] as number, vector[column] as number];
    const top = rows[column] as Float64Array;
    for (let row = column + 1; row < size; row++) {
      const line = rows[row] as Float64Array;
      const factor = (line[column] as number) / (top[column] as number);
      for (let at = column; at < size; at++) line[at] = (line[at] as number) - factor * (top[at] as number);
      vector[row] = (vector[row] as number) - factor * (vector[column] as number);
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const line = rows[row] as Float64Array;
    let sum = vector[row] as number;
    for (let at = row + 1; at < size; at++) sum -= (line[at] as number) * (solution[at] as number);
    solution[row] = sum / (line[row] as number);
  }
  return solution;
}
