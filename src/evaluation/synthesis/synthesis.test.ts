// Questions made from documents: spans that point at their answers, near misses that nothing answers, filters that drop what
// measures nothing, and a model whose replies are only believed where the passages bear them out.
import { describe, expect, test } from "vitest";
import type { SourceDocument } from "../../core/documents.ts";
import { fakeChatModel } from "../../testing/fake-chat-model.ts";
import { parseQuestions } from "../questions-file.ts";
import { questionLine } from "./draft.ts";
import { filterDrafts } from "./filters.ts";
import { modelVerdict } from "./model-filters.ts";
import { modelQuestions } from "./model-questions.ts";
import { questionTasks } from "./question-tasks.ts";
import { ruleQuestions } from "./rule-questions.ts";

function documentOf(id: string, title: string, text: string): SourceDocument {
  return { id, source: id, title, text, format: "markdown", metadata: {}, groups: [] };
}

const ferry = documentOf(
  "docs/ferry.md",
  "Island ferry",
  `# Island ferry

The ferry from the old harbour leaves every 25 minutes from the east pier.

| ticket | price | valid on |
| --- | --- | --- |
| Single crossing | 3.20 crowns | the day of sale |
| Return crossing | 6.40 crowns | two days in a row |

## May I bring my dog on board?

Dogs ride for nothing outside the high season.
`,
);
const lighthouse = documentOf(
  "docs/lighthouse.md",
  "Lighthouse",
  `# Lighthouse

| tower | height | steps to climb |
| --- | --- | --- |
| North tower | 41 metres | 188 |
`,
);

describe("by rule", () => {
  const drafts = ruleQuestions([ferry, lighthouse], { count: 40, seed: 1 });
  const ofKind = (kind: string) => drafts.filter((draft) => draft.kind === kind);

  test("cells, gaps and headings ask for what stands at their span", () => {
    const texts = new Map([ferry, lighthouse].map(({ id, text }) => [id, text]));
    for (const { answerable, references, relevant } of drafts) {
      if (!answerable) continue;
      const [gold] = relevant;
      expect(texts.get(gold?.documentId ?? "")?.slice(gold?.start, gold?.end)).toContain(references[0]);
    }
    expect(ofKind("table").map(({ question }) => question)).toContain(
      "What is the value of “price” for Return crossing (Island ferry)?",
    );
    const [gap] = ofKind("cloze");
    expect(gap?.question).toContain("leaves every ___ from the east pier");
    expect(gap?.references).toEqual(["25 minutes"]);
    expect(ofKind("heading")[0]).toMatchObject({
      question: "May I bring my dog on board?",
      references: ["Dogs ride for nothing outside the high season."],
    });
  });

  test("near misses join what no document joins", () => {
    const misses = ofKind("near-miss");
    expect(misses.length).toBeGreaterThan(0);
    for (const { answerable, references, provenance } of misses) {
      expect([answerable, references]).toEqual([false, []]);
      const [row = "", column = ""] = provenance.quotes;
      expect([ferry, lighthouse].some(({ text }) => text.includes(row) && text.includes(column))).toBe(false);
    }
  });

  test("the same seed drafts the same; fewer are spread over documents", () => {
    expect(ruleQuestions([ferry, lighthouse], { count: 40, seed: 1 })).toEqual(drafts);
    const few = ruleQuestions([ferry, lighthouse], { count: 2, seed: 3 });
    expect(new Set(few.map(({ group }) => group)).size).toBe(2);
  });

  test("an accepted draft is a line that the questions file takes, provenance kept", () => {
    const lines = drafts.map(questionLine).join("\n");
    const { questions, issues } = parseQuestions(lines, "questions.jsonl");
    expect(issues).toEqual([]);
    expect(questions).toHaveLength(drafts.length);
    expect(JSON.parse(lines.split("\n")[0] ?? "")).toMatchObject({ provenance: { madeBy: "documents" } });
  });
});

test("trivial, short, ambiguous and repeated drafts are dropped with their reason", async () => {
  const [draft] = ruleQuestions([ferry], { count: 9, seed: 1 }).filter(({ kind }) => kind === "table");
  const of = (changes: object) => ({ ...draft!, ...changes });
  const elsewhere = { documentId: "docs/other.md", source: "docs/other.md", start: 0, end: 9 };
  const reasonFor = async (changes: object, text = "nothing") => {
    const options = { asked: ["Asked before?"], search: async () => [{ ...elsewhere, text }] };
    return (await filterDrafts([of(changes)], options)).dropped[0]?.reason;
  };
  expect(await reasonFor({})).toBeUndefined();
  expect(await reasonFor({ question: "Is it 3.20 crowns?", references: ["3.20 crowns"] })).toMatch(/holds its answer/);
  expect(await reasonFor({ references: ["no"] })).toMatch(/too short/);
  expect(await reasonFor({ references: ["dawn"] }, "It leaves at dawn.")).toMatch(/another passage/);
  expect(await reasonFor({ question: "asked before" })).toMatch(/asked already/);
});

describe("by a model", () => {
  const passage = (documentId: string, text: string, start = 0) => ({
    id: `${documentId}#0`,
    documentId,
    source: documentId,
    title: documentId,
    ordinal: 0,
    text,
    start,
    end: start + text.length,
    headingPath: [],
    metadata: {},
    groups: [],
  });
  const one = passage("a.md", "The ferry leaves every\n25 minutes. It carries dogs.", 100);
  const reply = (question: object) => JSON.stringify({ questions: [question] });
  const made = (text: string, kind: "single" | "multi-document" | "near-miss" = "single", passages = [one]) =>
    modelQuestions(fakeChatModel({ replies: [text] }), { kind, passages });

  test("the quote is found again, whatever its white space, and becomes the gold span", async () => {
    const { drafts } = await made(
      reply({ question: "How often does it leave?", answer: "every 25 minutes", quotes: ["leaves every 25 minutes"] }),
    );
    expect(drafts[0]).toMatchObject({ relevant: [{ documentId: "a.md", start: 110, end: 133 }] });
    expect(one.text.slice(10, 33)).toBe("leaves every\n25 minutes");
  });

  test.each([
    ["no JSON", "Here is a question: …", /not the JSON/],
    [
      "an invented quote",
      reply({ question: "How often?", answer: "x", quotes: ["every five minutes"] }),
      /do not hold/,
    ],
    ["no answer", reply({ question: "How often?", answer: " ", quotes: [] }), /no answer/],
  ])("%s is dropped with a reason", async (_, text, reason) => {
    const { drafts, dropped } = await made(text);
    expect(drafts).toEqual([]);
    expect(dropped[0]?.reason).toMatch(reason);
  });

  test("two documents means two; a near miss has no answer", async () => {
    const two = [one, passage("b.md", "Dogs need a ticket of 2.20 crowns.")];
    const text = (quotes: readonly string[]) =>
      reply({ question: "What does my dog cost?", answer: "2.20 crowns", quotes });
    expect((await made(text(["carries dogs"]), "multi-document", two)).dropped[0]?.reason).toMatch(/one document/);
    const both = await made(text(["carries dogs", "a ticket of 2.20 crowns"]), "multi-document", two);
    expect(both.drafts[0]?.relevant).toHaveLength(2);
    const miss = await made(reply({ question: "What does a cat cost?", answer: "", quotes: [] }), "near-miss");
    expect(miss.drafts[0]).toMatchObject({ answerable: false, references: [] });
  });

  test("what a model knows by heart and what the documents answer after all is dropped; a failing model drops nothing", async () => {
    const { drafts } = await made(reply({ question: "How often?", answer: "25 minutes", quotes: ["25 minutes"] }));
    const verdict = (replies: readonly (string | Error)[], draft = drafts[0]!) =>
      modelVerdict(fakeChatModel({ replies }), draft, async () => []);
    expect((await verdict(["Every 25 minutes."])).reason).toMatch(/without the documents/);
    expect((await verdict(["unknown"])).reason).toBeUndefined();
    const miss = { ...drafts[0]!, answerable: false };
    expect((await verdict(['{"answered": true}'], miss)).reason).toMatch(/after all/);
    expect((await verdict([new Error("down")], miss)).reason).toBeUndefined();
  });

  test("tasks are spread over documents and kinds, and never ask a passage without a table for a cell", () => {
    const chunks = Array.from({ length: 12 }, (_, at) =>
      passage(`d${at % 4}.md`, `Passage ${at} about harbour ferries and pilots. `.repeat(8)),
    );
    const tasks = questionTasks(chunks, { count: 10, seed: 1 });
    expect(tasks).toHaveLength(10);
    expect(new Set(tasks.slice(0, 4).map(({ passages }) => passages[0]?.documentId)).size).toBe(4);
    expect(tasks.map(({ kind }) => kind)).not.toContain("table");
    for (const { kind, passages } of tasks) expect(passages).toHaveLength(kind === "multi-document" ? 2 : 1);
  });
});
