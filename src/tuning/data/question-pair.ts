// A question with its answer and the words of a document that carry it. What made the pair is always said.
import type { Json } from "../../core/json.ts";
import { foldText } from "./fold.ts";

export type PairCitation = {
  readonly documentId: string;
  readonly source: string;
  readonly page?: number;
  /** UTF-16 offsets into the document's text: `quote === text.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly quote: string;
};

/** `heading`, `table-row` and `cloze` come from rules, not from a language model. */
export type PairMethod = "heading" | "table-row" | "cloze" | "model" | "given";

export type QuestionPair = {
  readonly question: string;
  readonly answer: string;
  readonly method: PairMethod;
  /** Set where a model wrote it. */
  readonly model?: string;
  readonly citation: PairCitation;
};

/** Why a pair is not to be trained on; undefined for a good one. `text` is the document's. */
export function faultOf({ question, answer, citation }: QuestionPair, text: string): string | undefined {
  const [asked, answered, quoted] = [foldText(question), foldText(answer), foldText(citation.quote)];
  if (answered === "" || asked.split(" ").length < 3) return "too short";
  if (text.slice(citation.start, citation.end) !== citation.quote) return "the quote is not in the document";
  if (` ${asked} `.includes(` ${answered} `)) return "the question gives the answer away";
  if (!numbersOf(answered).every((number) => ` ${quoted} `.includes(` ${number} `))) {
    return "the answer holds a number that the quote does not";
  }
  return undefined;
}

function numbersOf(folded: string): readonly string[] {
  return folded.split(" ").filter((word) => /\d/.test(word));
}

/** The chat line of a pair. All questions on one document are one group, so that a split never parts them. */
export function pairLine(
  pair: QuestionPair,
  messages?: readonly Json[],
  extra: { readonly [key: string]: Json } = {},
): Json {
  const { question, answer, method, model, citation } = pair;
  return {
    messages: messages ?? [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ],
    group: citation.documentId,
    synthesized: { method, ...(model === undefined ? {} : { model }) },
    citations: [{ ...citation }],
    ...extra,
  };
}
