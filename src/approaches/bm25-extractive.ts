// Yardstick: plain keyword search with a reader that only quotes. What a team could have had thirty years ago.
import type { Approach } from "../core/answers.ts";
import { type RagOptions, rag } from "./rag.ts";

/** `retriever` ranks by BM25 alone and `model` is the extractive reader: given from outside, like the parts of any `rag`. */
export function bm25Extractive(options: Omit<RagOptions, "name" | "yardstick">): Approach {
  return rag({ ...options, name: "bm25-extractive", yardstick: true });
}
