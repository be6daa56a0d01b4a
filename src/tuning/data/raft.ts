// RAFT examples (Zhang et al., 2024): a question, the passage that answers it among others that do not, and an answer that
// quotes and cites. A share comes without the right passage. Knows no retriever and no wording of prompts.
import { contentHash } from "../../core/hash.ts";
import type { Message } from "../../core/questions.ts";
import type { Hit } from "../../core/retrieval.ts";
import { foldText } from "./fold.ts";
import type { QuestionPair } from "./question-pair.ts";

export type RaftInput = {
  readonly pair: QuestionPair;
  /** The passage that holds the quote. */
  readonly oracle: Hit;
  /** What retrieval finds for the question, best first; the oracle and whatever else answers may be among them. */
  readonly retrieved: readonly Hit[];
};

export type RaftOptions = {
  /** Default 3. */
  readonly distractors?: number;
  /** Share of examples without the oracle. Default 0.2. */
  readonly withoutOracle?: number;
  /** Default 1: orders passages and draws the examples without oracle. */
  readonly seed?: number;
  /**
   * What is learned without the oracle. `decline`, the default, teaches to say that it is not there; `memory` is the
   * paper's own, and teaches to answer from the weights.
   */
  readonly answerWithout?: "decline" | "memory";
  /** The sentence that declines. */
  readonly declineSentence: string;
  /** The prompt that the served approach would send: system message and turns, without the answer. */
  readonly promptOf: (question: string, passages: readonly Hit[]) => readonly Message[];
};

export type RaftExample = {
  readonly pair: QuestionPair;
  readonly messages: readonly Message[];
  /** Position of the oracle among the passages, from 1; null where it was left out. */
  readonly oracle: number | null;
  readonly passages: readonly string[];
};

const defaultDistractors = 3;
const defaultWithoutOracle = 0.2;

/** Exactly the wanted share is without the oracle, to the nearest example. */
export function raftExamples(inputs: readonly RaftInput[], options: RaftOptions): readonly RaftExample[] {
  const { withoutOracle = defaultWithoutOracle, seed = 1 } = options;
  const drawn = inputs
    .map(({ pair }, place) => ({ place, key: contentHash(`${seed}:without:${pair.question}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, Math.round(withoutOracle * inputs.length));
  const without = new Set(drawn.map(({ place }) => place));
  return inputs.map((input, place) => raftExample(input, !without.has(place), options));
}

function raftExample({ pair, oracle, retrieved }: RaftInput, hasOracle: boolean, options: RaftOptions): RaftExample {
  const { distractors = defaultDistractors, seed = 1, answerWithout = "decline" } = options;
  const others = retrieved.filter((hit) => !answers(hit, pair)).slice(0, hasOracle ? distractors : distractors + 1);
  const passages = [...others, ...(hasOracle ? [oracle] : [])]
    .map((hit) => ({ hit, key: contentHash(`${seed}:${pair.question}:${hit.chunk.id}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ hit }) => hit);
  const place = hasOracle ? passages.indexOf(oracle) + 1 : null;
  const missing = answerWithout === "decline" ? options.declineSentence : pair.answer;
  const content = place === null ? missing : citedAnswer(pair, place);
  const messages: readonly Message[] = [...options.promptOf(pair.question, passages), { role: "assistant", content }];
  return { pair, messages, oracle: place, passages: passages.map(({ chunk }) => chunk.id) };
}

/** The quote with its number, then the answer with it; once where they are the same. No words of any one language. */
function citedAnswer({ answer, citation }: QuestionPair, place: number): string {
  const quote = citation.quote.replace(/\s+/g, " ").trim();
  if (foldText(quote) === foldText(answer)) return `"${quote}" [${place}]`;
  return `"${quote}" [${place}]\n\n${answer.replace(/\s*\.$/, "")} [${place}].`;
}

/** A passage that overlaps the quote, or says the quote or the answer elsewhere, would be a second oracle. */
function answers({ chunk }: Hit, { answer, citation }: QuestionPair): boolean {
  const overlaps = chunk.documentId === citation.documentId && chunk.start < citation.end && citation.start < chunk.end;
  const text = ` ${foldText(chunk.text)} `;
  return overlaps || text.includes(` ${foldText(citation.quote)} `) || text.includes(` ${foldText(answer)} `);
}
