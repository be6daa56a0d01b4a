// Answers kept between runs. Their passages are kept by place, not by text: the texts stand in the documents already, and a
// long context would otherwise be written down once for every question.
import type { Answer } from "../../core/answers.ts";
import type { Hit } from "../../core/retrieval.ts";
import type { AnswerStore } from "../../evaluation/answer-store.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { tableStore } from "./call-store.ts";

/** The keys of answers name the corpus they were given over, so the places still hold the same text when they are read. */
export function storedAnswers(context: ProjectContext): AnswerStore {
  const table = tableStore<Answer>(context.database, "answers");
  const texts = new Map<string, string>();
  const textOf = (documentId: string): string => {
    const known = texts.get(documentId) ?? context.documents.get(documentId)?.text ?? "";
    texts.set(documentId, known);
    return known;
  };
  return {
    async get(key) {
      const answer = await table.get(key);
      return answer && withHits(answer, ({ documentId, start, end }) => textOf(documentId).slice(start, end));
    },
    set: (key, answer) =>
      table.set(
        key,
        withHits(answer, () => ""),
      ),
  };
}

function withHits(answer: Answer, text: (chunk: Hit["chunk"]) => string): Answer {
  return { ...answer, hits: answer.hits.map((hit) => ({ ...hit, chunk: { ...hit.chunk, text: text(hit.chunk) } })) };
}
