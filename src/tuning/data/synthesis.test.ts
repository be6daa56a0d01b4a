import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SourceDocument } from "../../core/documents.ts";
import type { Hit } from "../../core/retrieval.ts";
import { fakeChatModel } from "../../testing/fake-chat-model.ts";
import { taughtBy, teacherParts } from "./distil.ts";
import { pairsFromModel } from "./pairs-from-model.ts";
import { pairsFromText } from "./pairs-from-text.ts";
import type { QuestionPair } from "./question-pair.ts";
import { type RaftOptions, raftExamples } from "./raft.ts";

const text = `# Island ferry

The island ferry leaves every 25 minutes from the east pier.

## Lost things

Lost things are kept in the lodge at the gate. Nobody has to pay for that.

## May dogs come along?

Dogs ride for nothing outside the high season.

## Prices

| Ticket | Adult | Child |
|---|---|---|
| Return | 6.40 crowns | 3.20 crowns |
| Single | 4.10 crowns | - |
`;
const document: SourceDocument = {
  id: "d1",
  source: "docs/ferry.md",
  title: "Island ferry",
  text,
  format: "markdown",
  metadata: {},
  groups: [],
};

function hit(id: string, passage: string, start = 0, documentId = id): Hit {
  const chunk = {
    id,
    documentId,
    source: `${documentId}.md`,
    title: "",
    ordinal: 0,
    text: passage,
    start,
    end: start + passage.length,
  };
  return { chunk: { ...chunk, headingPath: [], metadata: {}, groups: [] }, score: 0, legs: {} };
}

describe("questions by rule", () => {
  test("come from headings, table rows and sentences with one number, with the words that carry the answer", () => {
    const pairs = pairsFromText(document).map(({ question, answer, method }) => ({ question, answer, method }));
    expect(pairs).toEqual([
      {
        method: "cloze",
        question: 'Fill the gap, from "Island ferry": The island ferry leaves every ____ from the east pier.',
        answer: "25 minutes",
      },
      {
        method: "heading",
        question: 'What does "Island ferry" say about "Lost things"?',
        answer: "Lost things are kept in the lodge at the gate. Nobody has to pay for that.",
      },
      { method: "heading", question: "May dogs come along?", answer: "Dogs ride for nothing outside the high season." },
      {
        method: "table-row",
        question: 'In "Island ferry", Prices: what is "Adult" for "Return"?',
        answer: "6.40 crowns",
      },
      {
        method: "table-row",
        question: 'In "Island ferry", Prices: what is "Child" for "Return"?',
        answer: "3.20 crowns",
      },
      {
        method: "table-row",
        question: 'In "Island ferry", Prices: what is "Adult" for "Single"?',
        answer: "4.10 crowns",
      },
    ]);
    for (const { citation } of pairsFromText(document))
      expect(text.slice(citation.start, citation.end)).toBe(citation.quote);
  });

  test("of any text quote it exactly", () => {
    const piece = fc.constantFrom(
      "# A b\n",
      "## C?\n",
      "x y z 3 km are far.\n",
      "| a | b |\n",
      "|--|--|\n",
      "| 1 | 2 |\n",
      "\n",
      "Words of five or more here. ",
      "- item\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const made = { ...document, text: pieces.join("") };
        for (const { citation } of pairsFromText(made))
          expect(made.text.slice(citation.start, citation.end)).toBe(citation.quote);
      }),
    );
  });
});

describe("questions by a model", () => {
  const passage = hit("c1", "The lodge opens at 8:15 on workdays. Lost things\nare kept for 45 days.", 100, "d1");
  const written = (...pairs: object[]) => JSON.stringify({ pairs });
  const good = {
    question: "How long are lost things kept?",
    answer: "45 days",
    quote: "Lost things are kept for 45 days.",
  };

  test("are kept where the quote stands in the passage and the check holds", async () => {
    const invented = { question: "Who owns the lodge?", answer: "The town", quote: "The lodge belongs to the town." };
    const vague = { question: "When does it open?", answer: "8:15", quote: "The lodge opens at 8:15" };
    const verdicts = [
      { answerable: true, selfContained: true },
      { answerable: true, selfContained: false },
    ];
    const model = fakeChatModel({ replies: [written(good, invented, vague), JSON.stringify({ verdicts })] });
    const { pairs, dropped, usage } = await pairsFromModel(model, passage, 3);
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({
      question: good.question,
      method: "model",
      model: "fake/chat",
      citation: { documentId: "d1", start: 137 },
    });
    expect(pairs[0]?.citation.quote).toBe("Lost things\nare kept for 45 days.");
    expect(dropped).toEqual(["the quote is not in the passage", "the question needs the passage beside it"]);
    expect(usage).toHaveLength(2);
    expect(model.prompts[1]?.question).not.toContain("Who owns");
  });

  test.each([
    { replies: ["no JSON"], reason: "the reply had another shape" },
    { replies: [written(good), "no JSON"], reason: "could not be checked" },
    {
      replies: [written(good), '{"verdicts":[{"answerable":false,"selfContained":true}]}'],
      reason: "the passage does not answer it",
    },
  ])("are dropped: $reason", async ({ replies, reason }) => {
    const { pairs, dropped } = await pairsFromModel(fakeChatModel({ replies }), passage, 1);
    expect({ pairs, dropped }).toEqual({ pairs: [], dropped: [reason] });
  });
});

describe("RAFT", () => {
  const pairOf = (place: number): QuestionPair => ({
    question: `What is the code of berth ${place}?`,
    answer: `code ${place}${place}${place}`,
    method: "given",
    citation: {
      documentId: `d${place}`,
      source: `d${place}.md`,
      start: 0,
      end: 20,
      quote: `Berth ${place} has code ${place}${place}${place}.`,
    },
  });
  const inputs = Array.from({ length: 40 }, (_, place) => {
    const pair = pairOf(place + 1);
    const retrieved = [
      hit(`same${place}`, "overlaps", 5, pair.citation.documentId),
      hit(`echo${place}`, `Elsewhere: ${pair.answer}, again.`),
      ...["north", "east", "south", "west", "mid"].map((name) => hit(`${name}${place}`, `The ${name} pier.`)),
    ];
    return { pair, oracle: hit(`gold${place}`, pair.citation.quote, 0, pair.citation.documentId), retrieved };
  });
  const options: RaftOptions = {
    declineSentence: "Not there.",
    promptOf: (question, passages) => [
      { role: "user", content: `${passages.map(({ chunk }) => chunk.id).join(" ")} ${question}` },
    ],
  };

  test("puts the oracle among distractors that do not answer, and cites it where it stands", () => {
    const examples = raftExamples(inputs, { ...options, distractors: 3, withoutOracle: 0 });
    for (const [place, { pair, messages, oracle, passages }] of examples.entries()) {
      expect(passages).toHaveLength(4);
      expect(passages[(oracle ?? 0) - 1]).toBe(`gold${place}`);
      expect(passages.some((id) => /^(?:same|echo)/.test(id))).toBe(false);
      expect(messages.at(-1)).toEqual({
        role: "assistant",
        content: `"${pair.citation.quote}" [${oracle}]\n\n${pair.answer} [${oracle}].`,
      });
    }
    expect(new Set(examples.map(({ oracle }) => oracle)).size).toBe(4);
  });

  test.each([0, 0.2, 0.5, 1])("leaves the oracle out of a share of %d, exactly, and then declines", (share) => {
    const examples = raftExamples(inputs, { ...options, withoutOracle: share });
    const without = examples.filter(({ oracle }) => oracle === null);
    expect(without).toHaveLength(40 * share);
    for (const { messages, passages } of without) {
      expect(passages.some((id) => id.startsWith("gold"))).toBe(false);
      expect(passages).toHaveLength(4);
      expect(messages.at(-1)?.content).toBe("Not there.");
    }
  });

  test("as in the paper, answers from memory when told to; and is the same for the same seed", () => {
    const all = { ...options, withoutOracle: 1, answerWithout: "memory" } as const;
    expect(raftExamples(inputs, all)[0]?.messages.at(-1)?.content).toBe("code 111");
    expect(raftExamples(inputs, { ...options, seed: 3 })).toEqual(raftExamples(inputs, { ...options, seed: 3 }));
    expect(raftExamples(inputs, { ...options, seed: 3 })).not.toEqual(raftExamples(inputs, { ...options, seed: 4 }));
  });
});

describe("a teacher", () => {
  const messages = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hello" },
    { role: "assistant", content: "Hello." },
    { role: "user", content: "How long?" },
  ] as const;

  test("is shown system message, history and question", () => {
    expect(teacherParts({ line: 1, messages })).toMatchObject({
      instructions: "Be brief.",
      history: messages.slice(1, 3),
      question: "How long?",
    });
  });

  test("makes an example of a whole reply, and none of any other", async () => {
    const taught = await taughtBy(fakeChatModel({ replies: ["45 days."] }), { line: 1, messages, group: "g" });
    expect(taught).toMatchObject({
      status: "taught",
      line: {
        messages: [...messages, { role: "assistant", content: "45 days." }],
        group: "g",
        distilled: { teacher: "fake/chat" },
      },
    });
    const reasons = [{ text: "45", finish: "length" } as const, { text: "", finish: "filtered" } as const, " "].map(
      async (reply) => {
        const result = await taughtBy(fakeChatModel({ replies: [reply] }), { line: 1, messages });
        return result.status === "dropped" ? result.reason : "taught";
      },
    );
    expect(await Promise.all(reasons)).toEqual([
      "the reply was cut at the output limit",
      "the teacher refused",
      "the reply was empty",
    ]);
  });
});
