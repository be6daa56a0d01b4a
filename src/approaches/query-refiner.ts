// Has a language model put a question into the words of a search. Knows no retriever.
import { identityOf } from "../core/component.ts";
import type { ChatModel } from "../core/models.ts";
import type { QueryRefiner } from "../retrieval/refined-retriever.ts";

const instructions = `Rewrite the user's question as a query for a search engine over documents.
Keep names, numbers and codes exactly. Use the words that the documents are likely to use; leave out greetings and politeness.
Answer with the query alone, on one line, in the language of the question. Do not answer the question.`;

/** Longer than any query. */
const maxOutputTokens = 60;

export function queryRefiner(model: ChatModel): QueryRefiner {
  return {
    name: "query-refiner",
    version: "1",
    config: { model: identityOf(model), instructions, maxOutputTokens },
    async refine(question, call) {
      const prompt = { instructions, examples: [], passages: [], question };
      const { text, usage } = await model.generate(prompt, { temperature: 0, maxOutputTokens }, call);
      return { query: unquoted(text.trim().split("\n")[0] ?? ""), usage };
    },
  };
}

const unquoted = (text: string): string => text.replace(/^(["'“„«])(.*)["'”“»]$/, "$2");
