import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Hit, Leg } from "../../core/retrieval.ts";
import { createAnalyser } from "../../text/analyser.ts";
import { buildLexicon } from "../../text/lexicon.ts";
import { linearReranker, trainReranker } from "./linear-reranker.ts";
import { type RerankerWeights, rerankFeatures } from "./rerank-features.ts";

const analyser = createAnalyser({ languages: ["en"] });
const texts = [
  "The harbour ferry leaves every 20 minutes from pier four.",
  "Bicycles need a ticket. Dogs travel free of charge.",
  "The museum of the harbour opens at nine.",
  "A ferry ticket costs three euros.",
  "Nothing of the kind is written here.",
];
const lexicon = buildLexicon(texts.map((text) => analyser.terms(text)));

function hit(text: string, at: number, legs: Record<string, Leg> = {}): Hit {
  const place = { start: 0, end: text.length, headingPath: [], metadata: {}, groups: [] };
  const chunk = { id: `d#${at}`, documentId: "d", source: "d", title: "", ordinal: at, text, ...place };
  return { chunk, score: -at, legs };
}

const anyHits = fc
  .array(
    fc.record({ text: fc.constantFrom(...texts, ""), lexical: fc.boolean(), dense: fc.boolean(), fused: fc.boolean() }),
    {
      maxLength: 45,
    },
  )
  .map((rows) =>
    rows.map(({ text, ...has }, at) => {
      const legs = Object.entries(has).flatMap(([name, is]) =>
        is ? [[name, { rank: at + 1, score: 1 / (at + 1) }]] : [],
      );
      return hit(text, at, Object.fromEntries(legs));
    }),
  );

describe("the linear reranker", () => {
  const reranker = linearReranker({ analyser, lexicon });

  test("puts the passage that answers first", async () => {
    const hits = texts.toReversed().map((text, at) => hit(text, at));
    const { hits: ordered } = await reranker.rerank("How often does the harbour ferry leave?", hits);
    expect(ordered[0]?.chunk.text).toBe(texts[0]);
  });

  test("keeps every hit, ranks them by falling score and repeats itself, whatever legs are missing", async () => {
    await fc.assert(
      fc.asyncProperty(anyHits, fc.constantFrom("harbour ferry", "", "of the", "ticket ???"), async (hits, query) => {
        const { hits: ordered } = await reranker.rerank(query, hits);
        const ids = (of: readonly Hit[]) => of.map(({ chunk }) => chunk.id);
        expect(ids(ordered).toSorted()).toEqual(ids(hits).toSorted());
        ordered.forEach((one, at) => {
          expect(Number.isFinite(one.score)).toBe(true);
          expect(one.legs["reranked"]).toEqual({ rank: at + 1, score: one.score });
          expect(one.score).toBeLessThanOrEqual(ordered[at - 1]?.score ?? Number.POSITIVE_INFINITY);
        });
        expect(ids((await reranker.rerank(query, hits)).hits)).toEqual(ids(ordered));
        expect(ids(ordered.slice(30))).toEqual(ids(hits.slice(30)));
      }),
    );
  });

  test("leaves what lies beyond its candidates where it was", async () => {
    const hits = Array.from({ length: 12 }, (_, at) => hit(texts[at % 5] ?? "", at));
    const { hits: ordered } = await linearReranker({ analyser, lexicon, candidates: 4 }).rerank("ferry ticket", hits);
    expect(ordered).toHaveLength(12);
    expect(ordered.slice(4).map(({ chunk }) => chunk.id)).toEqual(hits.slice(4).map(({ chunk }) => chunk.id));
    expect(ordered[0]?.chunk.id).toBe("d#3");
  });

  test("sees a passage that changed under the same id", async () => {
    const other = hit("A pilot is asked for at the quay.", 1);
    const before = await reranker.rerank("ferry pier", [hit("Nothing here at all.", 0), other]);
    const after = await reranker.rerank("ferry pier", [hit("The ferry is at the pier.", 0), other]);
    expect(after.hits[0]?.chunk.id).toBe("d#0");
    expect(after.hits[0]?.score).toBeGreaterThan(before.hits.find(({ chunk }) => chunk.id === "d#0")?.score ?? 0);
  });
});

describe("training", () => {
  const prior = Object.fromEntries(rerankFeatures.map((name) => [name, 0])) as RerankerWeights;

  test("learns that the dense leg is right when it is", async () => {
    const examples = Array.from({ length: 40 }, (_, question) => {
      const hits = texts.map((text, at) =>
        hit(text, at, { dense: { rank: 1, score: at === question % 5 ? 0.9 : 0.1 } }),
      );
      return { query: "ferry", hits, relevant: [`d#${question % 5}`] };
    });
    const weights = trainReranker(examples, { analyser, lexicon, prior });
    const others = rerankFeatures.filter((name) => name !== "cosine").map((name) => Math.abs(weights[name]));
    expect(weights.cosine).toBeGreaterThan(3 * Math.max(...others));
    const { hits } = await linearReranker({ analyser, lexicon, weights }).rerank("ferry", examples[3]?.hits ?? []);
    expect(hits[0]?.chunk.id).toBe("d#3");
  });

  test("few or empty examples leave the prior as it is", () => {
    expect(trainReranker([], { analyser, lexicon, prior })).toEqual(prior);
    const hits = texts.map((text, at) => hit(text, at));
    expect(trainReranker([{ query: "ferry", hits, relevant: ["elsewhere"] }], { analyser, lexicon, prior })).toEqual(
      prior,
    );
  });
});
