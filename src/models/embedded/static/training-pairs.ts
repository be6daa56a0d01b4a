// Makes (query-like, passage) pairs out of unlabelled passages: the only supervision that adaptation has.
import { type Random, seededRandom, shuffle } from "./random.ts";
import type { TokenCorpus } from "./token-corpus.ts";

/** Token ids of many texts, flat: text i is `tokens[starts[i] … starts[i + 1])`. */
export type TextBatch = { readonly tokens: Uint16Array; readonly starts: Uint32Array; count: number };

/** Pair i is `queries` i with `passages` i; any other passage of the batch is a negative for it. */
export type PairBatch = { readonly queries: TextBatch; readonly passages: TextBatch };

export const queryTokenLimit = 64;
export const passageTokenLimit = 256;

/** Fewest tokens that make a sentence worth asking with, a remainder worth finding, a passage worth cutting a window from. */
const shortestSentence = 5;
const shortestRest = 8;
const shortestWindowed = 16;

/** Words in a window: this many, or up to `windowSpread` more. */
const shortestWindow = 4;
const windowSpread = 9;

/** Shares of the three kinds of pairs where a passage allows all of them; the rest are windows. */
export type PairMix = { readonly title: number; readonly sentence: number };
export const defaultMix: PairMix = { title: 0.2, sentence: 0.3 };

export type PairSource = {
  /** Fills `batch` with the pairs of the next step. Every passage comes once before any comes again. */
  next(batch: PairBatch): void;
};

/** A stretch of tokens. */
type Span = { readonly from: number; readonly to: number };

export function pairBatch(pairs: number): PairBatch {
  return { queries: textBatch(pairs, queryTokenLimit), passages: textBatch(pairs, passageTokenLimit) };
}

function textBatch(texts: number, tokensPerText: number): TextBatch {
  return { tokens: new Uint16Array(texts * tokensPerText), starts: new Uint32Array(texts + 1), count: 0 };
}

/** The passages that can give a pair at all, ascending. */
export function usablePassages(corpus: TokenCorpus): Uint32Array {
  const usable: number[] = [];
  for (let passage = 0; passage < corpus.passages; passage++) {
    const { from, to } = textSpan(corpus, passage);
    if (to - from >= shortestWindowed || (to - from >= shortestRest && hasTitle(corpus, passage))) usable.push(passage);
  }
  return Uint32Array.from(usable);
}

/** Same corpus, usable passages, batch size and seed: same pairs, in whichever thread. `batchSize` is at most `usable.length`. */
export function pairSource(
  corpus: TokenCorpus,
  usable: Uint32Array,
  batchSize: number,
  seed: number,
  mix: PairMix = defaultMix,
): PairSource {
  const random = seededRandom(seed);
  const order = Uint32Array.from(usable);
  let position = order.length;
  return {
    next(batch) {
      // A batch never straddles two passes, or a passage could meet itself as a negative.
      if (order.length - position < batchSize) {
        shuffle(order, random);
        position = 0;
      }
      const chosen = order.subarray(position, position + batchSize);
      position += batchSize;
      fillBatch(batch, corpus, chosen, random, mix);
    },
  };
}

function fillBatch(batch: PairBatch, corpus: TokenCorpus, chosen: Uint32Array, random: Random, mix: PairMix): void {
  batch.queries.count = 0;
  batch.passages.count = 0;
  const shared = repeatedTitles(corpus, chosen);
  for (const passage of chosen) {
    const text = textSpan(corpus, passage);
    const kind = random.uniform();
    const isShort = text.to - text.from < shortestWindowed;
    // A title that two passages of the batch carry would make the other one a false negative.
    if (hasTitle(corpus, passage) && (isShort || (kind < mix.title && !shared.has(titleKey(corpus, passage))))) {
      addText(batch.queries, queryTokenLimit, corpus.titleTokens, [titleSpan(corpus, passage)]);
      addText(batch.passages, passageTokenLimit, corpus.textTokens, [text]);
      continue;
    }
    const sentence = kind < mix.title + mix.sentence ? pickSentence(corpus, text, random) : undefined;
    const query = sentence ?? pickWindow(corpus, text, random);
    addText(batch.queries, queryTokenLimit, corpus.textTokens, [query]);
    addText(batch.passages, passageTokenLimit, corpus.titleTokens, [titleSpan(corpus, passage)]);
    extendText(batch.passages, passageTokenLimit, corpus.textTokens, [
      { from: text.from, to: query.from },
      { from: query.to, to: text.to },
    ]);
  }
}

function textSpan(corpus: TokenCorpus, passage: number): Span {
  return { from: corpus.textStarts[passage]!, to: corpus.textStarts[passage + 1]! };
}

function titleSpan(corpus: TokenCorpus, passage: number): Span {
  return { from: corpus.titleStarts[passage]!, to: corpus.titleStarts[passage + 1]! };
}

function hasTitle(corpus: TokenCorpus, passage: number): boolean {
  return corpus.titleStarts[passage + 1]! > corpus.titleStarts[passage]!;
}

function titleKey(corpus: TokenCorpus, passage: number): string {
  const { from, to } = titleSpan(corpus, passage);
  return corpus.titleTokens.subarray(from, to).join();
}

function repeatedTitles(corpus: TokenCorpus, chosen: Uint32Array): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const passage of chosen) {
    const key = titleKey(corpus, passage);
    if (seen.has(key)) repeated.add(key);
    seen.add(key);
  }
  return repeated;
}

/** A random sentence that leaves enough of its passage to be found by. */
function pickSentence(corpus: TokenCorpus, text: Span, random: Random): Span | undefined {
  const first = firstAtLeast(corpus.sentenceStarts, text.from);
  const end = firstAtLeast(corpus.sentenceStarts, text.to);
  const at = first + random.integer(Math.max(1, end - first));
  const from = corpus.sentenceStarts[at]!;
  const to = Math.min(corpus.sentenceStarts[at + 1] ?? text.to, text.to, from + queryTokenLimit);
  const rest = text.to - text.from - (to - from);
  return to - from >= shortestSentence && rest >= shortestRest ? { from, to } : undefined;
}

/** A few adjacent words from anywhere in the passage, never more than half of it. */
function pickWindow(corpus: TokenCorpus, text: Span, random: Random): Span {
  const words = shortestWindow + random.integer(windowSpread);
  const longest = (text.to - text.from) >> 1;
  let from = text.from + random.integer(text.to - text.from);
  while (from > text.from && corpus.startsWord[corpus.textTokens[from]!] === 0) from--;
  let to = from + 1;
  for (let seen = 0; to < text.to && to - from < longest; to++) {
    if (corpus.startsWord[corpus.textTokens[to]!] === 1 && ++seen === words) break;
  }
  return { from, to };
}

function firstAtLeast(ascending: Uint32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function addText(batch: TextBatch, limit: number, tokens: Uint16Array, spans: readonly Span[]): void {
  batch.starts[batch.count + 1] = batch.starts[batch.count]!;
  batch.count++;
  extendText(batch, limit, tokens, spans);
}

/** Appends to the last text, up to `limit` tokens in all. */
function extendText(batch: TextBatch, limit: number, tokens: Uint16Array, spans: readonly Span[]): void {
  const start = batch.starts[batch.count - 1]!;
  let write = batch.starts[batch.count]!;
  for (const { from, to } of spans) {
    for (let at = from; at < to && write - start < limit; at++) batch.tokens[write++] = tokens[at]!;
  }
  batch.starts[batch.count] = write;
}
