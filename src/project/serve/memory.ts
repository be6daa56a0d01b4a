// What was answered before: exact repeats, and where it is wanted questions in other words. Keys name everything that an answer
// depends on: approach and documents, rights, filter, options, conversation.
import type { AnswerCall } from "../../core/answers.ts";
import { hashOf } from "../../core/hash.ts";
import type { Json } from "../../core/json.ts";
import type { Embedder } from "../../core/models.ts";
import type { ServerConfig } from "../config/serve-config.ts";
import type { ServedAnswer } from "./answer.ts";
import { answerCache } from "./cache.ts";
import { type AskedQuestion, similarAnswers } from "./similar-questions.ts";

export type Asked = {
  /** Names approach, documents and examples: it changes with every one of them. */
  readonly key: string;
  readonly question: string;
  readonly call: AnswerCall;
  readonly embedder: Embedder;
};

export type Recollection = {
  readonly found?: ServedAnswer;
  /** Keeps the answer for the next who asks. */
  keep(served: ServedAnswer): void;
};

export type Memory = { recall(asked: Asked): Promise<Recollection> };

export function answerMemory({ cachedAnswers, similarAnswers: minSimilarity }: ServerConfig): Memory {
  const exact = answerCache(cachedAnswers);
  const similar = minSimilarity === undefined ? undefined : similarAnswers(minSimilarity, cachedAnswers);
  return {
    async recall(asked) {
      const key = hashOf(keyOf(asked, asked.question));
      const found = exact.get(key);
      if (found !== undefined) return { found: repeated(found, []), keep() {} };
      // A follow-up means what its conversation makes of it: words alone do not tell it.
      if (similar === undefined || asked.call.history?.length) return { keep: (served) => exact.set(key, served) };
      const scope = hashOf(keyOf(asked, null));
      const question = await embedded(asked);
      const like = similar.get(scope, question);
      if (like !== undefined) {
        const note = `answered as a question was that reads alike (similarity ${like.similarity.toFixed(2)})`;
        return { found: repeated(like.answer, [note]), keep() {} };
      }
      return {
        keep(served) {
          exact.set(key, served);
          similar.set(scope, question, served);
        },
      };
    },
  };
}

/** Whoever asked before stays unnamed: the note tells nothing of their words. */
function repeated(served: ServedAnswer, notes: readonly string[]): ServedAnswer {
  const answer = { ...served.answer, notes: [...served.answer.notes, ...notes] };
  return { ...served, answer, isCached: true, cost: { status: "priced", usd: 0 } };
}

async function embedded({ question, call, embedder }: Asked): Promise<AskedQuestion> {
  const signal = call.signal ? { signal: call.signal } : {};
  const { vectors } = await embedder.embed({ values: [question], role: "query" }, signal);
  return { text: question, vector: vectors[0] ?? new Float32Array() };
}

function keyOf({ key, call }: Asked, question: string | null): Json {
  const { groups, filter, schema, generate, history } = call;
  return {
    key,
    question,
    groups: groups ? [...groups].sort() : null,
    filter: filter ?? null,
    schema: schema ?? null,
    generate: generate ? { ...generate } : null,
    history: [...(history ?? [])] as Json,
  };
}
