// Words and pairs of words as TF-IDF vectors of length 1: what the baselines see of a text.

export type SparseVector = { readonly indices: readonly number[]; readonly values: readonly number[] };

export type TextFeatures = { readonly count: number; vector(text: string): SparseVector };

function termsOf(text: string, pairs: boolean): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return pairs ? [...words, ...words.slice(1).map((word, at) => `${words[at]} ${word}`)] : words;
}

/** Learns the terms and their weights from `texts`; a term never met there is left out. */
export function textFeatures(texts: readonly string[], options: { readonly pairs: boolean }): TextFeatures {
  const documents = new Map<string, number>();
  for (const text of texts) {
    for (const term of new Set(termsOf(text, options.pairs))) documents.set(term, (documents.get(term) ?? 0) + 1);
  }
  const ids = new Map([...documents.keys()].map((term, id) => [term, id]));
  const rarity = (term: string) => Math.log((1 + texts.length) / (1 + documents.get(term)!)) + 1;
  return {
    count: ids.size,
    vector(text) {
      const weights = new Map<number, number>();
      for (const term of termsOf(text, options.pairs)) {
        const id = ids.get(term);
        if (id !== undefined) weights.set(id, (weights.get(id) ?? 0) + rarity(term));
      }
      const length = Math.hypot(...weights.values()) || 1;
      return { indices: [...weights.keys()], values: [...weights.values()].map((weight) => weight / length) };
    },
  };
}
