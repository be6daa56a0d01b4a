// Turns texts into unit vectors: the sum of their token vectors, normalised.

import { roundedBytes, sharedArena } from "../../../kernels/shared-arena.ts";
import type { BpeTokenizer } from "./bpe-tokenizer.ts";
import { type QuantisedRows, restoreRows } from "./quantised-rows.ts";
import { normalise, vectorKernels } from "./vector-kernels.ts";

export type EncodedTexts = { readonly vectors: Float32Array[]; readonly tokens: number };

/** Tokens summed in one go; longer texts take several. */
const tokensPerCall = 4096;

/** A text without any word gives the zero vector. */
export function textEncoder(tokenizer: BpeTokenizer, rows: QuantisedRows): (values: readonly string[]) => EncodedTexts {
  const { dimensions } = rows;
  const arena = sharedArena(roundedBytes(rows.values.length) + roundedBytes(tokensPerCall) + roundedBytes(dimensions));
  const table = restoreRows(rows, arena.float32(rows.values.length));
  const indexes = arena.uint32(tokensPerCall);
  const sum = arena.float32(dimensions);
  const kernels = vectorKernels(arena.memory);
  const ids: number[] = [];

  function encodeText(value: string): Float32Array {
    ids.length = 0;
    tokenizer.encode(value, ids);
    sum.fill(0);
    for (let from = 0; from < ids.length; from += tokensPerCall) {
      const count = Math.min(tokensPerCall, ids.length - from);
      for (let at = 0; at < count; at++) indexes[at] = ids[from + at]!;
      const end = indexes.byteOffset + count * 4;
      kernels.addRows(sum.byteOffset, table.byteOffset, indexes.byteOffset, end, dimensions * 4);
    }
    normalise(sum, 0, dimensions);
    return Float32Array.from(sum);
  }

  return (values) => {
    let tokens = 0;
    const vectors = values.map((value) => {
      const vector = encodeText(value);
      tokens += ids.length;
      return vector;
    });
    return { vectors, tokens };
  };
}
