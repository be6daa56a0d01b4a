// Examples for a model that writes everything but the facts: what an answer quotes from the documents becomes a slot, which a reader
// fills with verified quotes when a question comes.
import type { Message, TrainingExample } from "../../core/questions.ts";
import type { TextSpan } from "../../text/sentences.ts";
import { foldText } from "./fold.ts";

/** What the model writes where a quote belongs. */
export const quoteSlot = "<quote/>";

/** Shorter runs of words stand in documents by chance. */
const fewestWords = 6;

type Word = TextSpan & { readonly folded: string };

function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map(({ 0: word, index }) => ({
    folded: foldText(word),
    start: index,
    end: index + word.length,
  }));
}

const runAt = (words: readonly Word[], at: number): string =>
  words
    .slice(at, at + fewestWords)
    .map(({ folded }) => folded)
    .join(" ");

/** Finds the longest stretch of a text that stands word for word in the documents, whatever its case and punctuation. */
export function quoteFinder(documents: Iterable<string>): (text: string) => TextSpan | undefined {
  const runs = new Set<string>();
  for (const document of documents) {
    const words = wordsOf(document);
    for (let at = 0; at + fewestWords <= words.length; at++) runs.add(runAt(words, at));
  }
  return (text) => {
    const words = wordsOf(text);
    let best: TextSpan | undefined;
    for (let at = 0; at + fewestWords <= words.length; ) {
      let end = at;
      while (end + fewestWords <= words.length && runs.has(runAt(words, end))) end += 1;
      if (end > at) {
        const span = { start: words[at]!.start, end: words[end + fewestWords - 2]!.end };
        if (!best || span.end - span.start > best.end - best.start) best = span;
      }
      at = end + 1;
    }
    return best;
  };
}

/** The example with its quote cut out; as it is where its answer quotes nothing, or repeats what the user said. */
export function withSlot(example: TrainingExample, quoteIn: (text: string) => TextSpan | undefined): TrainingExample {
  const last = example.messages.findLastIndex(({ role }) => role === "assistant");
  const answer = example.messages[last]?.content ?? "";
  const quote = quoteIn(answer);
  if (quote === undefined) return example;
  const asked = example.messages.slice(0, last).map(({ content }) => foldText(content));
  const quoted = foldText(answer.slice(quote.start, quote.end));
  if (asked.some((text) => text.includes(quoted))) return example;
  const content = `${answer.slice(0, quote.start)}${quoteSlot}${answer.slice(quote.end)}`;
  const messages: Message[] = example.messages.map((message, at) => (at === last ? { ...message, content } : message));
  return { ...example, messages };
}
