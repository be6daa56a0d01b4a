// Question pairs that the project has already: examples whose answer stands word for word in a document that everybody may read.
import type { SourceDocument } from "../../core/documents.ts";
import type { TrainingExample } from "../../core/questions.ts";
import type { QuestionPair } from "../../tuning/data/question-pair.ts";

/** Shorter answers stand everywhere by chance. */
const shortestAnswer = 20;

export function pairsFromExamples(
  examples: readonly TrainingExample[],
  documents: readonly SourceDocument[],
): readonly QuestionPair[] {
  return examples.flatMap(({ messages }) => {
    const asked = messages.filter(({ role }) => role === "user");
    const answer = messages.findLast(({ role }) => role === "assistant")?.content.trim() ?? "";
    // What an earlier turn was about is not in the question.
    if (asked.length !== 1 || answer.length < shortestAnswer) return [];
    const document = documents.find(({ text, groups }) => groups.length === 0 && text.includes(answer));
    return document ? [pairOf(asked[0]!.content, answer, document)] : [];
  });
}

function pairOf(question: string, answer: string, { id, source, text }: SourceDocument): QuestionPair {
  const start = text.indexOf(answer);
  const citation = { documentId: id, source, start, end: start + answer.length, quote: answer };
  return { question, answer, method: "given", citation };
}
