// A byte-level byte-pair tokenizer for tuning: every text has ids, and ids give the text back. Chat marks are ids of their own
// that no text can spell.
import { byteLetters, bytesOf, spelled } from "./byte-alphabet.ts";
import { learnMerges, type Merge, merged, piecesOf } from "./byte-pair-training.ts";

/** In id order: the first ids of every vocabulary. */
export const chatMarks = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"] as const;

export type ChatMark = (typeof chatMarks)[number];

/** All there is to save. */
export type TokenizerData = { readonly merges: readonly Merge[] };

export type Tokenizer = {
  readonly data: TokenizerData;
  /** Token spellings by id: marks, the 256 bytes, then one per merge. */
  readonly vocabulary: readonly string[];
  markId(mark: ChatMark): number;
  encode(text: string): readonly number[];
  /** The UTF-8 bytes of one token; none for a mark. */
  bytes(id: number): Uint8Array;
  /** Marks are left out; bytes that are no UTF-8 become U+FFFD. */
  decode(ids: readonly number[]): string;
};

const fixedTokens = chatMarks.length + byteLetters.length;

/** Pieces whose ids are kept at hand. */
const mostRemembered = 100_000;

/** Learns merges until the vocabulary has `size` tokens or nothing repeats. */
export function trainTokenizer(texts: Iterable<string>, size: number): Tokenizer {
  return tokenizer({ merges: learnMerges(texts, Math.max(0, size - fixedTokens)) });
}

export function tokenizer(data: TokenizerData): Tokenizer {
  const vocabulary = [...chatMarks, ...byteLetters, ...data.merges.map(([left, right]) => left + right)];
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const ranks = new Map(data.merges.map((merge, rank) => [merge.join(" "), rank]));
  const known = new Map<string, readonly number[]>();
  const tokenBytes = vocabulary.map((token, id) => (id < chatMarks.length ? new Uint8Array() : bytesOf(token)));

  const encodePiece = (piece: string): readonly number[] => {
    const cached = known.get(piece);
    if (cached) return cached;
    const found = mergedByRank([...spelled(piece)], ranks).map((symbol) => ids.get(symbol)!);
    if (known.size < mostRemembered) known.set(piece, found);
    return found;
  };

  return {
    data,
    vocabulary,
    markId: (mark) => chatMarks.indexOf(mark),
    encode: (text) => piecesOf(text).flatMap(encodePiece),
    bytes: (id) => tokenBytes[id]!,
    decode: (list) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.concat(list.map((id) => tokenBytes[id]!))),
  };
}

/** Joins the pair learnt first until none is left. */
function mergedByRank(start: readonly string[], ranks: ReadonlyMap<string, number>): readonly string[] {
  let symbols = start;
  for (;;) {
    let best: Merge | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (let at = 0; at + 1 < symbols.length; at++) {
      const pair: Merge = [symbols[at]!, symbols[at + 1]!];
      const rank = ranks.get(pair.join(" ")) ?? Number.POSITIVE_INFINITY;
      if (rank < lowest) [best, lowest] = [pair, rank];
    }
    if (!best) return symbols;
    symbols = merged(symbols, best);
  }
}
