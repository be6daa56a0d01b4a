import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Approach } from "../core/answers.ts";
import { identityOf } from "../core/component.ts";
import type { SourceDocument } from "../core/documents.ts";
import type { TrainingExample } from "../core/questions.ts";
import type { Hit, RetrievalQuery, Retriever } from "../core/retrieval.ts";
import { fakeChatModel } from "../testing/fake-chat-model.ts";
import { fakeEmbedder } from "../testing/fake-embedder.ts";
import { countTokens } from "../text/tokens.ts";
import { alwaysDecline } from "./always-decline.ts";
import { bm25Extractive } from "./bm25-extractive.ts";
import { fewShot } from "./few-shot.ts";
import { longContext } from "./long-context.ts";
import { majorityAnswer } from "./majority-answer.ts";
import { oracle } from "./oracle.ts";
import { promptOnly } from "./prompt-only.ts";
import { rag } from "./rag.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "assay-approaches-"));
});
afterEach(() => rm(directory, { recursive: true }));

function documentOf(id: string, text: string, more: Partial<SourceDocument> = {}): SourceDocument {
  return { id, source: id, title: id, text, format: "markdown", metadata: {}, groups: [], ...more };
}

const library = [
  documentOf("a.md", "The orchard opens at eight. Baskets are lent at the gate."),
  documentOf("b.md", "Cider is pressed in October. The press holds two hundred litres. Visitors may watch."),
  documentOf("c.md", "The shop sells jam."),
];

function example(question: string, answer: string): TrainingExample {
  return {
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: answer },
    ],
  };
}

const training = [
  example("How do I prune an apple tree?", "In winter, friend."),
  example("When do pears ripen?", "In autumn, friend."),
  example("Where is the car park?", "In winter, friend."),
];

async function answererOf(
  approach: Approach,
  input: { documents?: SourceDocument[]; training?: TrainingExample[] } = {},
) {
  await approach.prepare({
    documents: async function* () {
      yield* input.documents ?? library;
    },
    training: input.training ?? training,
    directory,
  });
  return approach.open(directory);
}

const ask = (text: string) => ({ id: "q", text });
const chat = (...replies: string[]) => fakeChatModel({ replies });
const reader = (reply = "x") => fakeChatModel({ replies: [reply], followsInstructions: false, name: "fake/reader" });

function hitOf(document: SourceDocument, start = 0, end = document.text.length): Hit {
  const { id, source, title } = document;
  const chunk = {
    id: `${id}#${start}`,
    documentId: id,
    source,
    title,
    ordinal: start,
    text: document.text.slice(start, end),
    start,
    end,
  };
  return { chunk: { ...chunk, headingPath: [], metadata: {}, groups: [] }, score: 1, legs: {} };
}

function retrieverOf(hits: readonly Hit[]): Retriever & { readonly queries: RetrievalQuery[] } {
  const queries: RetrievalQuery[] = [];
  return {
    name: "fake/retriever",
    version: "1",
    config: {},
    queries,
    retrieve: async (query) => {
      queries.push(query);
      return { hits: hits.slice(0, query.topK), usage: [] };
    },
  };
}

describe("prompt-only", () => {
  test("asks the model without passages or examples", async () => {
    const model = chat("At eight.");
    const answer = await (await answererOf(promptOnly({ model, instructions: "Speak plainly." }))).answer(ask("When?"));
    expect(answer).toMatchObject({ outcome: "answered", text: "At eight." });
    expect(model.prompts[0]).toMatchObject({ examples: [], passages: [], question: "When?" });
    expect(model.prompts[0]?.instructions).toMatch(/^Speak plainly\./);
  });

  test("declines where there is no language model, and says why", async () => {
    const model = reader();
    const answer = await (await answererOf(promptOnly({ model }))).answer(ask("When?"));
    expect(answer).toMatchObject({ outcome: "declined", notes: [expect.stringContaining("no language model")] });
    expect(model.prompts).toEqual([]);
  });
});

describe("few-shot", () => {
  test("shows the nearest examples, nearest first", async () => {
    const model = chat("ok");
    const embedder = fakeEmbedder();
    const approach = fewShot({ model, embedder, exampleCount: 2 });
    await (await answererOf(approach)).answer(ask("When do apple and pears trees ripen?"));
    const shown = model.prompts[0]?.examples.map((one) => one.messages[0]?.content);
    expect(new Set(embedder.embedded.map(({ role }) => role))).toEqual(new Set(["query"]));
    expect(shown).toEqual(["When do pears ripen?", "How do I prune an apple tree?"]);
  });

  test("repeats the nearest answer where there is no language model", async () => {
    const answerer = await answererOf(fewShot({ model: reader(), embedder: fakeEmbedder() }));
    const answer = await answerer.answer(ask("When do pears ripen?"));
    expect(answer).toMatchObject({ outcome: "answered", text: "In autumn, friend.", citations: [] });
    expect(answer.notes).toEqual([expect.stringContaining("word for word")]);
  });

  test("without examples: the model is asked all the same, the reader declines, both say so", async () => {
    const asked = await answererOf(fewShot({ model: chat("yes"), embedder: fakeEmbedder() }), { training: [] });
    expect(await asked.answer(ask("?"))).toMatchObject({
      outcome: "answered",
      notes: [expect.stringContaining("no training examples")],
    });
    const declined = await answererOf(fewShot({ model: reader(), embedder: fakeEmbedder() }), { training: [] });
    expect(await declined.answer(ask("?"))).toMatchObject({
      outcome: "declined",
      notes: [expect.stringContaining("no training examples")],
    });
  });

  test("refuses vectors of another embedder", async () => {
    await answererOf(fewShot({ model: chat("x"), embedder: fakeEmbedder() }));
    const other = fewShot({ model: chat("x"), embedder: fakeEmbedder({ dimensions: 32 }) });
    await expect(other.open(directory)).rejects.toMatchObject({ code: "index-mismatch" });
  });
});

describe("long-context", () => {
  test("gives whole documents in order and cites inside them", async () => {
    const model = chat("Cider is pressed in October [2].");
    const answer = await (await answererOf(longContext({ model }))).answer(ask("When is cider pressed?"));
    expect(model.prompts[0]?.passages.map((hit) => hit.chunk.text)).toEqual(library.map((document) => document.text));
    expect(answer.citations).toMatchObject([{ documentId: "b.md", start: 0, quote: "Cider is pressed in October." }]);
    expect(answer.notes).toEqual([]);
  });

  test("cuts the last document that fits at a sentence and says how many fit", async () => {
    const beginning = "Cider is pressed in October. The press holds two hundred litres.";
    const budget = countTokens(library[0]?.text ?? "") + countTokens(beginning) + 1;
    const model = chat("x");
    const answer = await (await answererOf(longContext({ model, contextTokens: budget }))).answer(ask("?"));
    expect(model.prompts[0]?.passages.map((hit) => hit.chunk.text)).toEqual([library[0]?.text, beginning]);
    expect(answer.notes).toEqual([`1 of 3 documents fit into ${budget} tokens; of b.md only the beginning`]);
  });

  test("shows nobody what they may not read, and fills the budget with what they may", async () => {
    const secret = documentOf("s.md", "The safe code is in the cellar. Nobody but the owner may know of it.", {
      groups: ["owners"],
    });
    const model = chat("x");
    const answerer = await answererOf(longContext({ model, contextTokens: 35 }), {
      documents: [secret, ...library],
    });
    await answerer.answer(ask("?"), { groups: [] });
    expect(model.prompts[0]?.passages.map((hit) => hit.chunk.documentId)).toEqual(["a.md", "b.md", "c.md"]);
    await answerer.answer(ask("?"), { groups: ["owners"] });
    expect(model.prompts[1]?.passages.map((hit) => hit.chunk.documentId)).toEqual(["s.md", "a.md"]);
  });

  test("takes the page of a citation from the document's pages", async () => {
    const pages = [
      { page: 1, start: 0, end: 28 },
      { page: 2, start: 28, end: 85 },
    ];
    const document = documentOf("b.md", library[1]?.text ?? "", { pages });
    const answerer = await answererOf(longContext({ model: chat("The press holds two hundred litres [1].") }), {
      documents: [document],
    });
    expect((await answerer.answer(ask("?"))).citations).toMatchObject([{ page: 2 }]);
  });

  test("declines over no documents", async () => {
    const answerer = await answererOf(longContext({ model: chat("x") }), { documents: [] });
    expect(await answerer.answer(ask("?"))).toMatchObject({ outcome: "declined" });
  });
});

describe("rag", () => {
  const hits = [
    hitOf(library[1] as SourceDocument, 29),
    hitOf(library[0] as SourceDocument),
    hitOf(library[1] as SourceDocument, 0, 28),
  ];

  test("retrieves with the asker's rights and cites what it read", async () => {
    const retriever = retrieverOf(hits);
    const approach = rag({ retriever, model: chat("Visitors may watch [1]."), topK: 2 });
    const answer = await (await answererOf(approach)).answer(ask("May I watch?"), {
      groups: ["staff"],
      filter: { year: 2 },
    });
    expect(retriever.queries).toEqual([{ text: "May I watch?", topK: 2, groups: ["staff"], filter: { year: 2 } }]);
    expect(answer.citations).toMatchObject([{ documentId: "b.md", quote: "Visitors may watch." }]);
    expect(answer.hits).toEqual(hits.slice(0, 2));
  });

  test("numbers passages in reading order, keeps hits in rank order", async () => {
    const model = chat("The orchard opens at eight [3].");
    const answer = await (await answererOf(rag({ retriever: retrieverOf(hits), model, ordering: "document" }))).answer(
      ask("?"),
    );
    expect(model.prompts[0]?.passages).toEqual([hits[2], hits[0], hits[1]]);
    expect(answer.citations).toMatchObject([{ documentId: "a.md" }]);
    expect(answer.hits).toEqual(hits);
  });

  test("puts the best at both ends of a long context", async () => {
    const model = chat("x");
    await (await answererOf(rag({ retriever: retrieverOf(hits), model, ordering: "lost-in-the-middle" }))).answer(
      ask("?"),
    );
    expect(model.prompts[0]?.passages).toEqual([hits[0], hits[2], hits[1]]);
  });

  test("leaves out what the budget cannot hold and says so", async () => {
    const budget = countTokens(hits[0]?.chunk.text ?? "") + countTokens(hits[2]?.chunk.text ?? "");
    const model = chat("x");
    const answerer = await answererOf(rag({ retriever: retrieverOf(hits), model, contextTokens: budget }));
    expect((await answerer.answer(ask("?"))).notes).toEqual([`1 of 3 passages did not fit into ${budget} tokens`]);
    expect(model.prompts[0]?.passages).toEqual([hits[0], hits[2]]);
  });

  test("declines without a call where nothing was found", async () => {
    const model = chat("x");
    const answer = await (await answererOf(rag({ retriever: retrieverOf([]), model }))).answer(ask("?"));
    expect(answer).toMatchObject({ outcome: "declined", notes: ["no passage was found: declined"] });
    expect(model.prompts).toEqual([]);
  });

  test("changes its identity with every part that changes answers", () => {
    const base = { retriever: retrieverOf(hits), model: chat("x") };
    const variants = [
      base,
      { ...base, topK: 3 },
      { ...base, contextTokens: 100 },
      { ...base, ordering: "document" as const },
      { ...base, instructions: "Be brief." },
      { ...base, generate: { maxOutputTokens: 10 } },
      { ...base, generate: {} },
      { ...base, model: reader() },
      { ...base, retriever: { ...base.retriever, config: { weight: 1 } } },
    ];
    expect(new Set(variants.map((options) => identityOf(rag(options)))).size).toBe(variants.length);
  });
});

describe("yardsticks", () => {
  test("oracle reads the gold passages of its question only", async () => {
    const gold = new Map([["q", [hitOf(library[2] as SourceDocument)]]]);
    const model = chat("The shop sells jam [1].");
    const answerer = await answererOf(oracle({ model, gold }));
    expect((await answerer.answer(ask("What is sold?"))).citations).toMatchObject([{ documentId: "c.md" }]);
    expect(await answerer.answer({ id: "other", text: "?" })).toMatchObject({ outcome: "declined" });
    expect(model.prompts).toHaveLength(1);
  });

  test("always-decline declines", async () => {
    expect(await (await answererOf(alwaysDecline())).answer(ask("?"))).toMatchObject({ outcome: "declined" });
  });

  test("majority-answer gives the most frequent training answer, or says there is none", async () => {
    const answer = await (await answererOf(majorityAnswer())).answer(ask("?"));
    expect(answer).toMatchObject({
      outcome: "answered",
      text: "In winter, friend.",
      notes: ["the answer of 2 of 3 training examples"],
    });
    const none = await (await answererOf(majorityAnswer(), { training: [] })).answer(ask("?"));
    expect(none).toMatchObject({ outcome: "declined", notes: [expect.stringContaining("no training examples")] });
  });

  test("all are marked, so that none is recommended", () => {
    const parts = { retriever: retrieverOf([]), model: reader() };
    const yardsticks = [
      oracle({ model: reader(), gold: new Map() }),
      alwaysDecline(),
      majorityAnswer(),
      bm25Extractive(parts),
    ];
    expect(yardsticks.map((approach) => approach.yardstick)).toEqual([true, true, true, true]);
    expect(bm25Extractive(parts).name).toBe("bm25-extractive");
  });
});
