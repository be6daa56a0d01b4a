// Turns text into search terms: words, stop words removed, stems, diacritics folded. The same analyser must make the
// index and the query; it knows neither.
import snowball from "snowball-stemmers";
import type { Component } from "../core/component.ts";
import { languageOf } from "./languages.ts";
import type { TextSpan } from "./sentences.ts";
import { type StemmedLanguage, stemmedLanguages, stopWords } from "./stop-words.ts";
import { forEachWord } from "./words.ts";

export { detectLanguages } from "./languages.ts";

export type Analyser = Component & {
  /** ISO 639-1 codes of the languages whose words are stemmed. */
  readonly languages: readonly string[];
  /** Terms of a passage in text order, repeats kept; no term holds white space. */
  terms(text: string): string[];
  /** The terms of each of `spans`, all in the language that the whole of `text` is in. */
  termsOfSpans(text: string, spans: readonly TextSpan[]): readonly (readonly string[])[];
  /** The words of a query in text order, each as its distinct stems in the configured languages. */
  queryWords(text: string): readonly (readonly string[])[];
  /**
   * Distinct terms of a query in text order: the stems of every configured language, since the passage that answers may
   * be in another language than the question. A query of stop words alone keeps its words.
   */
  queryTerms(text: string): readonly string[];
};

export type AnalyserOptions = {
  /** ISO 639-1 codes, e.g. those of `detectLanguages`. Unknown ones are ignored; none left means English. */
  readonly languages: readonly string[];
};

/** Words of 60 characters or more are no words: keys, hashes, encoded data. */
const longestWord = 60;

export function createAnalyser({ languages }: AnalyserOptions): Analyser {
  const known = stemmedLanguages.filter((language) => languages.includes(language));
  const among: readonly StemmedLanguage[] = known.length > 0 ? known : ["en"];
  const stems = new Map(among.map((language) => [language, stemTable(language)]));
  const stemsOf = (language: StemmedLanguage) => stems.get(language) as StemTable;
  const termsIn = (table: StemTable, text: string) => {
    const terms: string[] = [];
    forEachWord(text, (word) => {
      const term = table.term(word);
      if (term !== "") terms.push(term);
    });
    return terms;
  };
  const queryWords = (text: string) => wordsOfQuery(text, stemsOf(languageOf(text, among)), [...stems.values()]);
  return {
    name: "text/analyser",
    version: "1",
    config: { languages: among },
    languages: among,
    terms: (text) => termsIn(stemsOf(languageOf(text, among)), text),
    termsOfSpans: (text, spans) => {
      const table = stemsOf(languageOf(text, among));
      return spans.map(({ start, end }) => termsIn(table, text.slice(start, end)));
    },
    queryWords,
    queryTerms: (text) => [...new Set(queryWords(text).flat())],
  };
}

/** Words that `spoken`, the language of the query, stops are left out; if that leaves none they are kept. */
function wordsOfQuery(text: string, spoken: StemTable, tables: readonly StemTable[]): readonly (readonly string[])[] {
  const kept: string[][] = [];
  const stopped: string[][] = [];
  forEachWord(text, (word) => {
    const isStopped = spoken.term(word) === "";
    const stems = isStopped ? [spoken.stem(word)] : tables.map((table) => table.term(word));
    const distinct = [...new Set(stems)].filter((stem) => stem !== "");
    if (distinct.length > 0) (isStopped ? stopped : kept).push(distinct);
  });
  return kept.length > 0 ? kept : stopped;
}

type StemTable = {
  /** The term for a word as spelled, empty for a stop word. */
  term(word: string): string;
  /** The same without regard to stop words. */
  stem(word: string): string;
};

const algorithms: Readonly<Record<StemmedLanguage, string>> = {
  en: "english",
  de: "german",
  fr: "french",
  es: "spanish",
  it: "italian",
  pt: "portuguese",
  nl: "dutch",
  sv: "swedish",
  da: "danish",
  no: "norwegian",
  fi: "finnish",
  ru: "russian",
  tr: "turkish",
};

/** Text repeats its words: the cache makes a term cost one look-up. It is emptied when this many words are in it. */
const cachedWords = 200_000;

function stemTable(language: StemmedLanguage): StemTable {
  const stemmer = snowball.newStemmer(algorithms[language]);
  const stops = stopWords[language];
  const cache = new Map<string, string>();
  const stem = (word: string) => {
    if (word.length >= longestWord) return "";
    const lower = word.toLowerCase().normalize("NFC");
    return foldDiacritics(/\d/.test(lower) ? lower : stemmer.stem(lower));
  };
  const term = (word: string) => {
    const cached = cache.get(word);
    if (cached !== undefined) return cached;
    const found = stops.has(word.toLowerCase().normalize("NFC")) ? "" : stem(word);
    if (cache.size >= cachedWords) cache.clear();
    cache.set(word, found);
    return found;
  };
  return { stem, term };
}

function foldDiacritics(word: string): string {
  const isAscii = /^[\x20-\x7e]*$/.test(word);
  return isAscii
    ? word
    : word
        .normalize("NFD")
        .replace(/[\u0300-\u036f]/g, "")
        .replaceAll("ß", "ss")
        .normalize("NFC");
}
