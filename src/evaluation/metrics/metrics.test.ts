// Every standard metric: worked examples with known values, and the properties that all of them must keep.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer } from "../../core/answers.ts";
import type { HeldOutQuestion } from "../../core/questions.ts";
import { sampleAnswer, sampleCitation, sampleHit, sampleQuestion } from "../../testing/sample-answers.ts";
import { standardMetrics } from "./standard-metrics.ts";

async function score(name: string, question: Partial<HeldOutQuestion>, answer: Partial<Answer>) {
  const metric = standardMetrics().find((one) => one.name === name);
  if (!metric) throw new Error(`no metric ${name}`);
  const outcome = await metric.score(sampleQuestion(question), sampleAnswer(answer));
  return outcome.status === "scored" ? outcome.value : outcome.status;
}

const declined: Partial<Answer> = { outcome: "declined", text: "I cannot find that in the documents." };
const failed: Partial<Answer> = { outcome: "failed", text: "", error: { code: "model-failed", message: "500" } };
const unanswerable: Partial<HeldOutQuestion> = { answerable: false };

describe("exact-match and f1", () => {
  const references = { references: ["the blue, Harbour Ferry!", "ferry"] };
  test.each([
    ["exact-match", "Blue harbour ferry", 1],
    ["exact-match", "blue ferry", 0],
    ["f1", "Blue harbour ferry", 1],
    ["f1", "a blue ferry", 0.8],
    ["f1", "nothing like it", 0],
  ])("%s of %s", async (metric, text, expected) => {
    expect(await score(metric, references, { text })).toBeCloseTo(expected, 12);
  });

  test("an unanswerable question scores 1 for declining or saying nothing, 0 for an answer", async () => {
    expect(await score("exact-match", unanswerable, declined)).toBe(1);
    expect(await score("f1", unanswerable, { text: "" })).toBe(1);
    expect(await score("f1", unanswerable, { text: "two years" })).toBe(0);
  });

  test.each(["exact-match", "f1", "contains"])(
    "%s: an answer that failed helped nobody and counts 0",
    async (metric) => {
      expect(await score(metric, references, failed)).toBe(0);
    },
  );

  test("verified citation markers are no words of the answer", async () => {
    const cited = { text: "ferry [1]", citations: [sampleCitation()] };
    expect(await score("exact-match", references, cited)).toBe(1);
    expect(await score("exact-match", references, { text: "ferry [1]" })).toBe(0);
  });
});

describe("contains", () => {
  test.each([
    ["The ferry leaves every 20 minutes from pier four.", "20 minutes", 1],
    ["It takes 120 minutes.", "20 minutes", 0],
    ["It costs 3.200 euros", "3.20", 0],
    ["Catholicism", "Catholic", 0],
    ["**Twenty-minute** intervals", "twenty minute", 1],
    ["Das Büro öffnet um 9 Uhr.", "öffnet um 9", 1],
    ["営業時間は九時から十七時までです。", "九時から十七時", 1],
  ])("%s / %s", async (text, reference, expected) => {
    expect(await score("contains", { references: [reference] }, { text })).toBe(expected);
  });
});

describe("retrieval", () => {
  const relevant = [{ source: "a.md" }, { source: "b.md", grade: 3 }];
  const hits = ["docs/x.md", "docs/x.md", "docs/a.md", "docs/a.md", "docs/y.md", "docs/b.md"].map((source, at) =>
    sampleHit({ source, start: at * 100 }),
  );

  test("documents are ranked, each at its first passage", async () => {
    // Ranking x, a (1), y, b (3); ideal 3, 1.
    const dcg = 1 / Math.log2(3) + 3 / Math.log2(5);
    const ideal = 3 + 1 / Math.log2(3);
    expect(await score("ndcg@10", { relevant }, { hits })).toBeCloseTo(dcg / ideal, 12);
    expect(await score("recall@1", { relevant }, { hits })).toBe(0);
    expect(await score("recall@5", { relevant }, { hits })).toBe(1);
    expect(await score("mrr@10", { relevant }, { hits })).toBe(0.5);
  });

  test("pages and spans narrow the gold", async () => {
    const hit = sampleHit({ source: "docs/a.pdf", page: 3, start: 200, end: 300 });
    const recall = (gold: HeldOutQuestion["relevant"]) => score("recall@1", { relevant: gold }, { hits: [hit] });
    expect(await recall([{ source: "a.pdf", page: 3 }])).toBe(1);
    expect(await recall([{ source: "a.pdf", page: 4 }])).toBe(0);
    expect(await recall([{ source: "a.pdf", start: 290, end: 310 }])).toBe(1);
    expect(await recall([{ source: "a.pdf", start: 300, end: 310 }])).toBe(0);
    expect(await recall([{ documentId: "docs/a.pdf" }])).toBe(1);
    expect(await recall([{ source: "other/a.pdf" }])).toBe(0);
  });

  test("precision counts short lists as misses; average precision counts gold that was not shown", async () => {
    expect(await score("precision@5", { relevant }, { hits })).toBeCloseTo(2 / 5, 12);
    // Ranking x, a, y, b: precision 1/2 at a, 2/4 at b.
    expect(await score("average-precision", { relevant }, { hits })).toBeCloseTo((1 / 2 + 2 / 4) / 2, 12);
    expect(await score("average-precision", { relevant }, { hits: hits.slice(0, 4) })).toBeCloseTo(1 / 4, 12);
  });

  test("spans are counted in characters, overlaps once", async () => {
    const gold = [
      { source: "a.md", start: 50, end: 90 },
      { source: "a.md", start: 80, end: 150 },
    ];
    const shown = [sampleHit({ start: 0 }), sampleHit({ start: 40 }), sampleHit({ source: "docs/b.md" })];
    // Gold 50–150; shown 0–140 of a.md and 100 characters elsewhere; shared 50–140.
    expect(await score("span-recall", { relevant: gold }, { hits: shown })).toBeCloseTo(90 / 100, 12);
    expect(await score("span-precision", { relevant: gold }, { hits: shown })).toBeCloseTo(90 / 240, 12);
    expect(await score("span-iou", { relevant: gold }, { hits: shown })).toBeCloseTo(90 / 250, 12);
    expect(await score("span-iou", { relevant }, { hits: shown })).toBe("not-applicable");
    expect(await score("span-precision", { relevant: gold }, { hits: [] })).toBe(0);
  });

  test("later passages of a gold page found before leave the ranking; other passages of its document stay", async () => {
    const pages = [1, 1, 9, 2].map((page, at) => sampleHit({ source: "docs/a.pdf", page, start: at * 100 }));
    const gold = [1, 2].map((page) => ({ source: "a.pdf", page }));
    // Ranking: page 1, a miss, page 2.
    const expected = (1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3));
    expect(await score("ndcg@10", { relevant: gold }, { hits: pages })).toBeCloseTo(expected, 12);
  });

  test("one passage that covers all gold reaches the ideal", async () => {
    const spans = [0, 40, 80].map((start) => ({ source: "docs/a.md", start, end: start + 10 }));
    expect(await score("ndcg@10", { relevant: spans }, { hits: [sampleHit()] })).toBe(1);
  });

  test("finding nothing is 0; failing first is unscored; without gold it is not applicable", async () => {
    expect(await score("ndcg@10", { relevant }, { hits: [] })).toBe(0);
    expect(await score("ndcg@10", { relevant }, failed)).toBe("unscored");
    expect(await score("ndcg@10", {}, { hits })).toBe("not-applicable");
  });
});

describe("citations", () => {
  const relevant = [{ source: "a.md" }, { source: "b.md" }];
  const citations = [sampleCitation(), sampleCitation({ source: "docs/c.md", documentId: "docs/c.md" })];

  test("precision and recall", async () => {
    expect(await score("citation-precision", { relevant }, { citations })).toBe(0.5);
    expect(await score("citation-recall", { relevant }, { citations })).toBe(0.5);
  });

  test("what was cited and could not be verified counts against the answer, gold or none", async () => {
    expect(await score("verified-citations", {}, { citations, droppedCitations: 2 })).toBe(0.5);
    expect(await score("verified-citations", unanswerable, { citations: [], droppedCitations: 3 })).toBe(0);
    expect(await score("verified-citations", {}, {})).toBe("not-applicable");
    expect(await score("verified-citations", {}, failed)).toBe("unscored");
  });

  test("citing nothing has no precision and recall 0; declining is exempt", async () => {
    expect(await score("citation-precision", { relevant }, {})).toBe("not-applicable");
    expect(await score("citation-recall", { relevant }, {})).toBe(0);
    expect(await score("citation-recall", { relevant }, declined)).toBe("not-applicable");
    expect(await score("citation-recall", { relevant }, failed)).toBe("unscored");
    expect(await score("citation-recall", {}, { citations })).toBe("not-applicable");
  });
});

test("declining is judged apart on the two kinds of question", async () => {
  expect(await score("correct-decline", unanswerable, declined)).toBe(1);
  expect(await score("correct-decline", unanswerable, {})).toBe(0);
  expect(await score("correct-decline", {}, declined)).toBe("not-applicable");
  expect(await score("over-decline", {}, declined)).toBe(1);
  expect(await score("over-decline", {}, {})).toBe(0);
  expect(await score("over-decline", unanswerable, declined)).toBe("not-applicable");
  expect(await score("over-decline", {}, failed)).toBe("unscored");
});

describe("schema-valid, checks and quality", () => {
  const schema = {
    type: "object",
    properties: {
      team: { enum: ["billing", "shipping", "billing abroad"] },
      urgent: { type: "boolean" },
      note: { type: "string" },
    },
    required: ["team"],
  };
  const references = ['{"team":"billing","urgent":true,"note":"call back"}'];
  const json = (value: object) => ({ text: JSON.stringify(value) });

  test("valid, invalid, fenced, no JSON", async () => {
    expect(await score("schema-valid", { schema }, json({ team: "billing" }))).toBe(1);
    expect(await score("schema-valid", { schema }, json({ team: "legal" }))).toBe(0);
    expect(await score("schema-valid", { schema }, { text: '```json\n{"team":"billing"}\n```' })).toBe(0);
    expect(await score("schema-valid", { schema }, { text: "billing" })).toBe(0);
    expect(await score("schema-valid", { schema: { type: "no-such-type" } }, json({}))).toBe("unscored");
  });

  test("what taking off the fence changes is kept as detail", async () => {
    const metric = standardMetrics().find(({ name }) => name === "schema-valid")!;
    const outcome = await metric.score(
      sampleQuestion({ schema }),
      sampleAnswer({ text: '```json\n{"team":"billing"}\n```' }),
    );
    expect(outcome).toMatchObject({ detail: { strict: "not-json", withoutFence: "valid" } });
  });

  test("quality of JSON is the share of equal fields, 0 when invalid", async () => {
    const question = { schema, references };
    expect(await score("quality", question, json({ team: "billing", urgent: true, note: "call back" }))).toBe(1);
    expect(await score("quality", question, json({ team: "shipping", urgent: true, note: "call back" }))).toBeCloseTo(
      2 / 3,
    );
    expect(
      await score("quality", question, json({ team: "billing", urgent: true, note: "Please call back today." })),
    ).toBe(1);
    expect(await score("quality", question, json({ team: "billing", extra: 1 }))).toBeCloseTo(1 / 4);
    expect(
      await score("quality", question, json({ team: "billing abroad", urgent: true, note: "call back" })),
    ).toBeCloseTo(2 / 3);
    expect(await score("quality", question, json({ team: "legal", urgent: true, note: "call back" }))).toBe(0);
  });

  test("fields, all of them, and labels are compared exactly", async () => {
    const question = { schema, references };
    const near = json({ team: "billing", urgent: false, note: "Please call back today." });
    expect(await score("field-match", question, near)).toBeCloseTo(1 / 3, 12);
    expect(await score("all-fields", question, near)).toBe(0);
    expect(await score("label-accuracy", question, near)).toBe(1);
    expect(await score("all-fields", question, json({ note: "call back", urgent: true, team: "billing" }))).toBe(1);
    expect(await score("field-match", question, { text: "billing" })).toBe(0);
    expect(await score("label-accuracy", question, declined)).toBe(0);
    expect(await score("field-match", { schema }, json({}))).toBe("not-applicable");
  });

  test("declining earns nothing for what it does not say", async () => {
    const checks = [{ must: "documents" }, { mustNot: "!" }];
    expect(await score("checks", { checks }, declined)).toBe(0.5);
    expect(await score("all-checks", { checks }, declined)).toBe(0);
    expect(await score("checks", { checks, ...unanswerable }, declined)).toBe(1);
    expect(await score("all-checks", { checks }, { text: "It is in the documents." })).toBe(1);
    expect(await score("all-checks", { checks }, { text: "It is!" })).toBe(0);
  });

  test("quality multiplies content by style", async () => {
    const checks = [{ must: "^dear" }, { mustNot: "!" }];
    const text = { text: "The warranty is two years." };
    expect(await score("checks", { checks }, text)).toBe(0.5);
    expect(await score("quality", { checks, references: ["two years"] }, text)).toBe(0.5);
    expect(await score("quality", { checks, references: ["ten years"] }, text)).toBe(0);
    expect(await score("quality", { checks }, text)).toBe(0.5);
    expect(await score("checks", { checks: [{ must: "(" }] }, text)).toBe("unscored");
  });

  test("long references are judged by overlap", async () => {
    const long = "You may return the goods within thirty days if they are unused and still in their box";
    expect(
      await score(
        "quality",
        { references: [long] },
        { text: "Return the goods within thirty days, unused, in their box." },
      ),
    ).toBeCloseTo(0.72, 2);
  });

  test("failing and declining at an answerable question are wrong; declining an unanswerable one is right", async () => {
    expect(await score("quality", { references: ["x"] }, failed)).toBe(0);
    expect(await score("quality", { references: ["x"] }, declined)).toBe(0);
    expect(await score("quality", unanswerable, declined)).toBe(1);
    expect(await score("quality", unanswerable, {})).toBe(0);
    expect(await score("quality", {}, {})).toBe("not-applicable");
  });
});

describe("properties of every metric", () => {
  const source = fc.constantFrom("docs/a.md", "docs/b.md", "docs/c.md");
  const place = fc.record({ source, page: fc.integer({ min: 1, max: 3 }), start: fc.integer({ min: 0, max: 300 }) });
  const text = fc.oneof(
    fc.constantFrom("", "two years", "The blue ferry.", '{"a":1}', "二年"),
    fc.string({ maxLength: 40 }),
  );
  const question = fc
    .record({
      references: fc.array(text, { maxLength: 3 }),
      answerable: fc.boolean(),
      relevant: fc.array(
        fc.oneof(
          source.map((one) => ({ source: one })),
          place.map((one) => ({ source: one.source, page: one.page, grade: one.start % 4 })),
          place.map((one) => ({ source: one.source, start: one.start, end: one.start + 50 })),
        ),
        { maxLength: 4 },
      ),
      checks: fc.array(fc.constantFrom({ must: "a" }, { mustNot: "e" }), { maxLength: 3 }),
      schema: fc.constantFrom(undefined, { type: "object" }, { type: "string" }),
    })
    .map(({ schema, ...rest }) => sampleQuestion(schema === undefined ? rest : { ...rest, schema }));
  const answer = fc
    .record({
      text,
      outcome: fc.constantFrom("answered" as const, "declined" as const, "failed" as const),
      hits: fc.array(place.map(sampleHit), { maxLength: 12 }),
      citations: fc.array(
        place.map((one) => sampleCitation({ ...one, documentId: one.source, end: one.start + 10 })),
        { maxLength: 4 },
      ),
    })
    .map(sampleAnswer);

  test("scores lie in [0, 1], or say why there is none; the same case always scores the same", async () => {
    const [metrics, again] = [standardMetrics(), standardMetrics()];
    await fc.assert(
      fc.asyncProperty(question, answer, async (asked, given) => {
        for (const [index, metric] of metrics.entries()) {
          const outcome = await metric.score(asked, given);
          if (outcome.status === "scored") {
            expect(outcome.value, metric.name).toBeGreaterThanOrEqual(0);
            expect(outcome.value, metric.name).toBeLessThanOrEqual(1);
          } else expect(outcome.reason).not.toBe("");
          expect(await again[index]!.score(asked, given)).toEqual(outcome);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("the order of references, gold, checks and citations changes nothing", async () => {
    const metrics = standardMetrics();
    await fc.assert(
      fc.asyncProperty(question, answer, async (asked, given) => {
        const reversed = {
          ...asked,
          references: asked.references.toReversed(),
          relevant: asked.relevant.toReversed(),
          checks: asked.checks.toReversed(),
        };
        const turned = { ...given, citations: given.citations.toReversed() };
        for (const metric of metrics)
          expect(await metric.score(reversed, turned), metric.name).toEqual(await metric.score(asked, given));
      }),
      { numRuns: 200 },
    );
  });

  test("names are unique and every metric says what it is", () => {
    const metrics = standardMetrics();
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    expect(metrics.filter(({ label, version }) => label === "" || version === "")).toEqual([]);
  });
});
