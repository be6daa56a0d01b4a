// What a foreign model turns out to hold when it is read by its format's own rules. Tensors keep their file's layout.

/** `rows` × `columns`, row after row. */
export type Matrix = { readonly rows: number; readonly columns: number; readonly data: Float32Array };

export type LowRank = { readonly down: Matrix; readonly up: Matrix; readonly scale: number };

export type LlamaAsRead = {
  readonly vocabulary: number;
  readonly width: number;
  /** Width inside the feed-forward layer. */
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly maximumLength: number;
  readonly ropeBase: number;
  readonly normEpsilon: number;
  /** True: the output head is the embedding table. */
  readonly tied: boolean;
  /** Which two numbers of a head turn together: its halves (Hugging Face), or neighbours (llama.cpp). */
  readonly turning: "halves" | "neighbours";
  /** By Hugging Face's names; gains of norms have one row. */
  readonly tensors: ReadonlyMap<string, Matrix>;
  /** By the name of the matrix they adapt. */
  readonly adapters: ReadonlyMap<string, LowRank>;
};

export type TokenizerAsRead = {
  /** Spellings by id. */
  readonly vocabulary: readonly string[];
  readonly merges: readonly (readonly [left: string, right: string])[];
  readonly controlIds: readonly number[];
  readonly endId: number;
  readonly chatTemplate: string;
};

export type ModelAsRead = { readonly model: LlamaAsRead; readonly tokenizer: TokenizerAsRead };

export function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}
