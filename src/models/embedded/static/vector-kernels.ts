// The inner loops of training and encoding over flat Float32Arrays. Lengths are multiples of four. Know no meaning.

/** `target[at …] += Σ table[row · dimensions …]` over the rows listed in `tokens[from … to)`. */
export function addRows(
  target: Float32Array,
  at: number,
  table: Float32Array,
  tokens: ArrayLike<number>,
  from: number,
  to: number,
  dimensions: number,
): void {
  let token = from;
  for (; token + 3 < to; token += 4) {
    let a = tokens[token]! * dimensions;
    let b = tokens[token + 1]! * dimensions;
    let c = tokens[token + 2]! * dimensions;
    let d = tokens[token + 3]! * dimensions;
    for (let k = at; k < at + dimensions; k++) {
      target[k]! += table[a++]! + table[b++]! + table[c++]! + table[d++]!;
    }
  }
  for (; token < to; token++) {
    let a = tokens[token]! * dimensions;
    for (let k = at; k < at + dimensions; k++) target[k]! += table[a++]!;
  }
}

/** Scales a vector to unit length and returns the length it had; a zero vector stays zero. */
export function normalise(vector: Float32Array, at: number, dimensions: number): number {
  let sum = 0;
  for (let k = at; k < at + dimensions; k++) sum += vector[k]! * vector[k]!;
  const length = Math.sqrt(sum);
  if (length === 0) return 0;
  for (let k = at; k < at + dimensions; k++) vector[k]! /= length;
  return length;
}

/** `products[j] = a · b_j` for `count` consecutive vectors b. */
export function dotProducts(
  products: Float32Array,
  productsAt: number,
  a: Float32Array,
  aAt: number,
  b: Float32Array,
  count: number,
  dimensions: number,
): void {
  let j = 0;
  for (; j + 3 < count; j += 4) {
    let b0 = j * dimensions;
    let b1 = b0 + dimensions;
    let b2 = b1 + dimensions;
    let b3 = b2 + dimensions;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let k = aAt; k < aAt + dimensions; k++) {
      const x = a[k]!;
      s0 += x * b[b0++]!;
      s1 += x * b[b1++]!;
      s2 += x * b[b2++]!;
      s3 += x * b[b3++]!;
    }
    products[productsAt + j] = s0;
    products[productsAt + j + 1] = s1;
    products[productsAt + j + 2] = s2;
    products[productsAt + j + 3] = s3;
  }
  for (; j < count; j++) {
    let bj = j * dimensions;
    let sum = 0;
    for (let k = aAt; k < aAt + dimensions; k++) sum += a[k]! * b[bj++]!;
    products[productsAt + j] = sum;
  }
}

/** `target = Σ_j weights[j] · b_j` over `count` consecutive vectors b. */
export function weightedSum(
  target: Float32Array,
  at: number,
  weights: Float32Array,
  b: Float32Array,
  count: number,
  dimensions: number,
): void {
  target.fill(0, at, at + dimensions);
  let j = 0;
  for (; j + 3 < count; j += 4) {
    const w0 = weights[j]!;
    const w1 = weights[j + 1]!;
    const w2 = weights[j + 2]!;
    const w3 = weights[j + 3]!;
    let b0 = j * dimensions;
    let b1 = b0 + dimensions;
    let b2 = b1 + dimensions;
    let b3 = b2 + dimensions;
    for (let k = at; k < at + dimensions; k++) {
      target[k]! += w0 * b[b0++]! + w1 * b[b1++]! + w2 * b[b2++]! + w3 * b[b3++]!;
    }
  }
  for (; j < count; j++) {
    const weight = weights[j]!;
    let bj = j * dimensions;
    for (let k = at; k < at + dimensions; k++) target[k]! += weight * b[bj++]!;
  }
}

/** `target += weight · source`. */
export function addScaled(
  target: Float32Array,
  weight: number,
  source: Float32Array,
  sourceAt: number,
  dimensions: number,
): void {
  let at = sourceAt;
  for (let k = 0; k < dimensions; k++) target[k]! += weight * source[at++]!;
}
