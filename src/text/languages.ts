// Which language a text is in, among those Assay stems. Function words decide; statistics of letters break ties.
import { detect } from "tinyld";
import { type StemmedLanguage, stemmedLanguages, stopWords } from "./stop-words.ts";

/** Only this many characters of a text are looked at. */
const sampleCharacters = 400;

/** The most likely of `among` (ISO 639-1) for `text`; the first of them where nothing speaks for any. */
export function languageOf(text: string, among: readonly StemmedLanguage[]): StemmedLanguage {
  const [first = "en"] = among;
  if (among.length < 2) return first;
  const sample = text.slice(0, sampleCharacters);
  const shares = among.map((language) => ({ language, hits: functionWords(sample, language) }));
  shares.sort((a, b) => b.hits - a.hits);
  const [best, second] = shares;
  if (best && best.hits >= 2 && best.hits > (second?.hits ?? 0) * 1.5) return best.language;
  const guess = detect(sample, { only: [...among] });
  return among.find((language) => language === guess) ?? first;
}

/**
 * The languages of a corpus, sorted, English always among them. A language counts when it is the best guess for at
 * least 2% of the samples that are long enough to tell, and for one sample at the least.
 */
export function detectLanguages(samples: readonly string[]): readonly string[] {
  const counts = new Map<StemmedLanguage, number>();
  let told = 0;
  for (const sample of samples) {
    const language = certainLanguage(sample.slice(0, sampleCharacters));
    if (!language) continue;
    told++;
    counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const found = [...counts].filter(([, count]) => count >= told * 0.02).map(([language]) => language);
  return [...new Set<string>(["en", ...found])].sort();
}

/** A language only where function words and letter statistics agree, so that code and tables add none. */
function certainLanguage(sample: string): StemmedLanguage | undefined {
  const guess = detect(sample, { only: [...stemmedLanguages] });
  const language = stemmedLanguages.find((candidate) => candidate === guess);
  if (!language) return undefined;
  const hits = functionWords(sample, language);
  const isBest = stemmedLanguages.every((rival) => rival === language || functionWords(sample, rival) < hits);
  return hits >= 3 && isBest ? language : undefined;
}

/** Distinct function words of `language` in `sample`. */
function functionWords(sample: string, language: StemmedLanguage): number {
  const list = stopWords[language];
  const words = new Set(sample.toLowerCase().split(/[^\p{L}]+/u));
  let hits = 0;
  for (const word of words) if (list.has(word)) hits++;
  return hits;
}
