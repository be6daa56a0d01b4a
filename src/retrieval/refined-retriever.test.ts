import { describe, expect, test } from "vitest";
import { AssayError } from "../core/errors.ts";
import type { Hit, RetrievalQuery, Retriever } from "../core/retrieval.ts";
import { type QueryRefiner, refinedRetriever } from "./refined-retriever.ts";

const usage = (modelId: string) => ({ modelId, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, durationMs: 1 });

function hitOf(id: string, score: number): Hit {
  const place = { start: 0, end: 1, headingPath: [], metadata: {}, groups: [] };
  const chunk = { id, documentId: id, source: id, title: "", ordinal: 0, text: id, ...place };
  return { chunk, score, legs: { fused: { rank: 1, score } } };
}

/** Finds the words of the query, in their order. */
function wordRetriever(): Retriever & { readonly queries: RetrievalQuery[] } {
  const queries: RetrievalQuery[] = [];
  return {
    name: "words",
    version: "1",
    config: null,
    queries,
    async retrieve(query) {
      queries.push(query);
      const hits = query.text.split(" ").map((word, at) => hitOf(word, 10 - at));
      return { hits: hits.slice(0, query.topK), usage: [usage("embedder")] };
    },
  };
}

const refinerTo = (reply: () => string): QueryRefiner => ({
  name: "refiner",
  version: "1",
  config: null,
  refine: async () => ({ query: reply(), usage: [usage("chat")] }),
});

const idsOf = (hits: readonly Hit[]) => hits.map(({ chunk }) => chunk.id);
const asked = { text: "when do ferries sail", topK: 4, groups: ["crew"] };

describe("a retriever that has the question rewritten", () => {
  test("searches by the new words alone, as whoever asks, and says so", async () => {
    const retriever = wordRetriever();
    const refined = refinedRetriever({
      retriever,
      refiner: refinerTo(() => " ferry\n timetable "),
      search: "rewritten",
    });
    const found = await refined.retrieve(asked);
    expect(retriever.queries).toEqual([{ ...asked, text: "ferry timetable" }]);
    expect(idsOf(found.hits)).toEqual(["ferry", "timetable"]);
    expect(found.hits[1]!.legs).toEqual({ fused: { rank: 1, score: 9 }, rewritten: { rank: 2, score: 9 } });
    expect(found.notes).toEqual(["searched for: ferry timetable"]);
    expect(found.usage.map(({ modelId }) => modelId)).toEqual(["chat", "embedder"]);
  });

  test("or by both: what both find comes first, nothing is found twice, no more than was asked for", async () => {
    const refiner = refinerTo(() => "timetable ferries winter");
    const refined = refinedRetriever({ retriever: wordRetriever(), refiner, search: "both" });
    const { hits } = await refined.retrieve(asked);
    expect(idsOf(hits)).toEqual(["ferries", "timetable", "when", "do"]);
    expect(hits[0]!.legs).toMatchObject({ question: { rank: 3 }, rewritten: { rank: 2 }, refined: { rank: 1 } });
    expect(hits[1]!.legs["question"]).toBeUndefined();
  });

  test.each(["", "when do ferries sail"])("searches once where nothing is rewritten: %j", async (reply) => {
    const retriever = wordRetriever();
    const { hits, notes } = await refinedRetriever({
      retriever,
      refiner: refinerTo(() => reply),
      search: "both",
    }).retrieve(asked);
    expect(retriever.queries).toEqual([asked]);
    expect(idsOf(hits)).toEqual(["when", "do", "ferries", "sail"]);
    expect(notes).toEqual(["searched for the question as it was asked"]);
  });

  test("searches as asked where the model fails, and stops where the call was cancelled", async () => {
    const failing = (code: "model-timeout" | "cancelled") =>
      refinerTo(() => {
        throw new AssayError({ code, message: "no reply in 5 s" });
      });
    const retriever = wordRetriever();
    const late = await refinedRetriever({ retriever, refiner: failing("model-timeout"), search: "both" }).retrieve(
      asked,
    );
    expect(idsOf(late.hits)).toEqual(["when", "do", "ferries", "sail"]);
    expect(late.notes).toEqual(["searched for the question as it was asked: no reply in 5 s"]);
    const cancelled = refinedRetriever({ retriever, refiner: failing("cancelled"), search: "both" }).retrieve(asked);
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  });
});
