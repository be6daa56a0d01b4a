// Which language a text is in, among those Assay stems. Function words decide; statistics of letters break ties.
import { detect } from "tinyld/light";
import { type StemmedLanguage, stemmedLanguages, stopWords } from "./stop-words.ts";

/** Only this many characters of a text are looked at. */
const sampleCharacters = 400;

/** Samples that `detectLanguages` looks at, spread evenly over those it is given. */
const mostSamples = 2000;

/** The most likely of `among` (ISO 639-1) for `text`; the first of them where nothing speaks for any. */
export function languageOf(text: string, among: readonly StemmedLanguage[]): StemmedLanguage {
  const [first = "en"] = among;
  if (among.length < 2) return first;
  const sample = text.slice(0, sampleCharacters);
  const [best, second] = rankedByFunctionWords(sample, among);
  if (best && best.hits >= 2 && best.hits > (second?.hits ?? 0) * 1.5) return best.language;
  const guess = detect(sample, { only: [...among] });
  return among.find((language) => language === guess) ?? first;
}

/**
 * The languages of a corpus, sorted, English always among them. A language counts when it is the best guess for at
 * least 2% of the samples that are long enough to tell.
 */
export function detectLanguages(samples: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.ceil(samples.length / mostSamples));
  const counts = new Map<StemmedLanguage, number>();
  let told = 0;
  for (let position = 0; position < samples.length; position += step) {
    const language = certainLanguage((samples[position] as string).slice(0, sampleCharacters));
    if (!language) continue;
    told++;
    counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const found = [...counts].filter(([, count]) => count >= told * 0.02).map(([language]) => language);
  return [...new Set<string>(["en", ...found])].sort();
}

/** A language only where function words are plenty or agree with letter statistics, so that code and tables add none. */
function certainLanguage(sample: string): StemmedLanguage | undefined {
  const [best, second] = rankedByFunctionWords(sample, stemmedLanguages);
  if (!best || best.hits < 3 || best.hits === second?.hits) return undefined;
  if (best.hits >= 5 && best.hits >= (second?.hits ?? 0) * 1.5) return best.language;
  return detect(sample, { only: [...stemmedLanguages] }) === best.language ? best.language : undefined;
}

type Ranked = { readonly language: StemmedLanguage; readonly hits: number };

/** Languages by the number of distinct function words of theirs that `sample` holds, most first. */
function rankedByFunctionWords(sample: string, among: readonly StemmedLanguage[]): readonly Ranked[] {
  const words = [...new Set(sample.toLowerCase().split(/[^\p{L}]+/u))];
  return among
    .map((language) => ({ language, hits: words.filter((word) => stopWords[language].has(word)).length }))
    .sort((a, b) => b.hits - a.hits);
}
