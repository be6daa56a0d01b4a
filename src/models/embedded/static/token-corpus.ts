// Reads passages once: learns the vocabulary and keeps every passage as token ids. Knows nothing of vectors.

import { type BpeTokenizer, bpeTokenizer, ownCopy } from "./bpe-tokenizer.ts";
import { type BpeVocabulary, trainBpe } from "./bpe-training.ts";
import { type GrowingUint32, growingUint32 } from "./growing-array.ts";
import { scanWords } from "./words.ts";

export type Passage = { readonly title?: string; readonly text: string };

/** Passages as token ids, in shared memory so that threads read one copy. All `starts` have one entry more than items. */
export type TokenCorpus = {
  readonly passages: number;
  readonly vocabularySize: number;
  readonly textTokens: Uint16Array;
  readonly textStarts: Uint32Array;
  /** Token offsets in `textTokens` at which sentences start, ascending; every passage start is one. */
  readonly sentenceStarts: Uint32Array;
  readonly titleTokens: Uint16Array;
  readonly titleStarts: Uint32Array;
  /** 1 where a token begins a word. */
  readonly startsWord: Uint8Array;
  /** Passages that hold the token, title included. */
  readonly documentFrequency: Uint32Array;
};

/** Words of one passage that are read; chunks are shorter, and one endless row must not fill the memory. */
const passageWordLimit = 512;
const titleWordLimit = 48;

type WordStream = {
  /** Indexes into the word list. */
  readonly words: GrowingUint32;
  readonly passageStarts: GrowingUint32;
  /** Positions in `words` at which a sentence ended. */
  readonly sentenceEnds: GrowingUint32;
};

/**
 * Small corpora get small vocabularies, so that rare words share pieces that were seen often enough to be learned;
 * 8 · √words was measured to do well from 75 thousand to 7 million words.
 */
function vocabularySizeFor(words: number): number {
  return Math.min(30_000, Math.max(1000, Math.round(8 * Math.sqrt(words))));
}

/** `vocabularySize` is an upper bound; default by corpus size, 1,000 to 30,000. */
export function buildTokenCorpus(
  passages: readonly Passage[],
  vocabularySize?: number,
): { readonly vocabulary: BpeVocabulary; readonly corpus: TokenCorpus } {
  const index = new Map<string, number>();
  const counts: number[] = [];
  const texts = readWords(
    passages.map(({ text }) => text),
    passageWordLimit,
    index,
    counts,
  );
  const titles = readWords(
    passages.map(({ title }) => title ?? ""),
    titleWordLimit,
    index,
    counts,
  );
  const words = [...index.keys()];
  const wordCounts = new Map(words.map((word, at) => [word, counts[at]!]));
  const size = vocabularySize ?? vocabularySizeFor(texts.words.length + titles.words.length);
  const vocabulary = trainBpe(wordCounts, { vocabularySize: size });
  const tokenizer = bpeTokenizer(vocabulary);
  const wordTokens = words.map((word) => tokenizer.encodeWord(word));
  const text = toTokens(texts, wordTokens);
  const title = toTokens(titles, wordTokens);
  const corpus = {
    passages: passages.length,
    vocabularySize: tokenizer.vocabularySize,
    textTokens: text.tokens,
    textStarts: text.starts,
    sentenceStarts: text.sentenceStarts,
    titleTokens: title.tokens,
    titleStarts: title.starts,
    startsWord: wordInitialTokens(tokenizer),
  };
  return { vocabulary, corpus: { ...corpus, documentFrequency: countDocuments(corpus) } };
}

function readWords(texts: readonly string[], limit: number, index: Map<string, number>, counts: number[]): WordStream {
  const stream = { words: growingUint32(), passageStarts: growingUint32(), sentenceEnds: growingUint32() };
  for (const text of texts) {
    const start = stream.words.length;
    stream.passageStarts.push(start);
    scanWords(
      // Far more than the words that will be kept: it only bounds the time spent on one endless row.
      text.length > limit * 100 ? text.slice(0, limit * 100) : text,
      (word) => {
        if (stream.words.length - start >= limit) return;
        let at = index.get(word);
        if (at === undefined) {
          at = counts.push(0) - 1;
          index.set(ownCopy(word), at);
        }
        counts[at]!++;
        stream.words.push(at);
      },
      () => stream.sentenceEnds.push(stream.words.length),
    );
  }
  stream.passageStarts.push(stream.words.length);
  return stream;
}

function toTokens(
  stream: WordStream,
  wordTokens: readonly Uint16Array[],
): { readonly tokens: Uint16Array; readonly starts: Uint32Array; readonly sentenceStarts: Uint32Array } {
  const words = stream.words.values();
  let total = 0;
  for (let at = 0; at < words.length; at++) total += wordTokens[words[at]!]!.length;
  const tokens = sharedUint16(total);
  const starts = sharedUint32(stream.passageStarts.length);
  const boundaries = growingUint32();
  const passageStarts = stream.passageStarts.values();
  const sentenceEnds = stream.sentenceEnds.values();
  let passage = 0;
  let sentence = 0;
  let write = 0;
  for (let at = 0; at <= words.length; at++) {
    let isBoundary = false;
    for (; passageStarts[passage] === at; passage++) {
      starts[passage] = write;
      isBoundary = true;
    }
    for (; sentence < sentenceEnds.length && sentenceEnds[sentence]! <= at; sentence++) isBoundary = true;
    if (isBoundary) boundaries.push(write);
    if (at === words.length) break;
    const ids = wordTokens[words[at]!]!;
    for (let part = 0; part < ids.length; part++) tokens[write++] = ids[part]!;
  }
  const sentenceStarts = sharedUint32(boundaries.length);
  sentenceStarts.set(boundaries.values());
  return { tokens, starts, sentenceStarts };
}

function wordInitialTokens(tokenizer: BpeTokenizer): Uint8Array {
  const flags = new Uint8Array(new SharedArrayBuffer(tokenizer.vocabularySize));
  for (let id = 0; id < flags.length; id++) flags[id] = tokenizer.beginsWord(id) ? 1 : 0;
  return flags;
}

function countDocuments(corpus: Omit<TokenCorpus, "documentFrequency">): Uint32Array {
  const frequency = sharedUint32(corpus.vocabularySize);
  const lastSeenIn = new Uint32Array(corpus.vocabularySize);
  const count = (tokens: Uint16Array, from: number, to: number, passage: number) => {
    for (let at = from; at < to; at++) {
      const token = tokens[at]!;
      if (lastSeenIn[token] === passage + 1) continue;
      lastSeenIn[token] = passage + 1;
      frequency[token]!++;
    }
  };
  for (let passage = 0; passage < corpus.passages; passage++) {
    count(corpus.textTokens, corpus.textStarts[passage]!, corpus.textStarts[passage + 1]!, passage);
    count(corpus.titleTokens, corpus.titleStarts[passage]!, corpus.titleStarts[passage + 1]!, passage);
  }
  return frequency;
}

function sharedUint16(length: number): Uint16Array {
  return new Uint16Array(new SharedArrayBuffer(length * 2));
}

function sharedUint32(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(length * 4));
}
