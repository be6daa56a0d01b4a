import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Hit } from "../core/retrieval.ts";
import { citationsFromMarkers, citationsFromSpans } from "./citations.ts";

const documents = {
  "fees.md":
    "# Fees\n\nA berth costs 40 crowns a night. Boats over 12 metres pay double.\n\n| Service | Price |\n|---|---|\n| Crane lift | 300 crowns |\n| Waste water | free |\n",
  "rules.md": "Quiet hours begin at 22:00. Dogs are kept on a leash. The harbour master may board any vessel.",
};

function hitOf(documentId: keyof typeof documents, start: number, end: number, page?: number): Hit {
  const chunk = {
    id: `${documentId}#${start}`,
    documentId,
    source: documentId,
    title: documentId,
    ordinal: 0,
    text: documents[documentId].slice(start, end),
    start,
    end,
    ...(page === undefined ? {} : { page }),
    headingPath: [],
    metadata: {},
    groups: [],
  };
  return { chunk, score: 1, legs: {} };
}

const whole = (id: keyof typeof documents) => hitOf(id, 0, documents[id].length);
const passages = [whole("fees.md"), whole("rules.md")];
const cite = (text: string, question = "") => citationsFromMarkers({ text, passages, question });
const quotes = (text: string, question = "") => cite(text, question).citations.map((citation) => citation.quote);

describe("markers become quotes", () => {
  test("of the sentence that says it", () => {
    expect(quotes("Larger boats, over 12 metres, pay double [1].")).toEqual(["Boats over 12 metres pay double."]);
  });

  test("of the table row that says it", () => {
    expect(quotes("A crane lift is 300 crowns [1].")).toEqual(["| Crane lift | 300 crowns |"]);
  });

  test("wherever the marker stands", () => {
    const dogs = ["Dogs are kept on a leash."];
    expect(quotes("Dogs need a leash. [2]")).toEqual(dogs);
    expect(quotes("[2] Dogs need a leash.")).toEqual(dogs);
    expect(quotes("Dogs[2] need a leash.")).toEqual(dogs);
  });

  test("one claim per marker within a sentence", () => {
    const found = quotes("A berth costs 40 crowns a night [1], and quiet hours begin at 22:00 [2].");
    expect([...found].sort()).toEqual(["A berth costs 40 crowns a night.", "Quiet hours begin at 22:00."]);
  });

  test("neighbouring markers share their claim, and lists and ranges name each passage", () => {
    const both = cite("Dogs are kept on a leash and berths cost 40 crowns a night [1][2].");
    expect(both.citations).toHaveLength(2);
    expect(cite("Dogs are kept on a leash and berths cost 40 crowns a night [1, 2].").citations).toHaveLength(2);
    expect(cite("Dogs are kept on a leash and berths cost 40 crowns a night [1-2].").citations).toHaveLength(2);
  });

  test("rare words decide, not those that every sentence holds", () => {
    const common = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const text = `${common.map((day) => `The harbour office opens on ${day}.`).join(" ")} Kayaks pay nothing.`;
    const hit = { ...whole("rules.md"), chunk: { ...whole("rules.md").chunk, text } };
    const { citations } = citationsFromMarkers({
      text: "Ask at the harbour office about kayaks [1].",
      passages: [hit],
      question: "",
    });
    expect(citations.map((citation) => citation.quote)).toEqual(["Kayaks pay nothing."]);
  });

  test("a short answer is read together with its question", () => {
    expect(quotes("Yes [2].", "Do dogs have to be kept on a leash?")).toEqual(["Dogs are kept on a leash."]);
  });

  test("best supported first, each once", () => {
    const quiet = "Quiet hours begin at 22:00 [2].";
    expect(quotes(`The master may now and then board a private yacht [2]. ${quiet} ${quiet}`)).toEqual([
      "Quiet hours begin at 22:00.",
      "The harbour master may board any vessel.",
    ]);
  });
});

describe("what cannot be verified is removed and counted", () => {
  test("a passage that does not exist", () => {
    expect(cite("Dogs are kept on a leash [2] [7].")).toMatchObject({
      text: "Dogs are kept on a leash [2].",
      dropped: 1,
    });
  });

  test("a passage that says nothing of the kind", () => {
    expect(cite("Submarines dive at noon [2].")).toEqual({
      text: "Submarines dive at noon.",
      citations: [],
      dropped: 1,
    });
  });

  test("a passage that shares one word of many", () => {
    const claim = "Insurance papers, engine logs, bilge pumps and crew lists of a vessel cost nothing extra";
    expect(cite(`${claim} [2].`)).toEqual({ text: `${claim}.`, citations: [], dropped: 1 });
  });

  test("a short claim of its own that only its question's words would support", () => {
    const question = "What does a berth cost a night?";
    expect(cite("Submarines dive [1].", question)).toMatchObject({ text: "Submarines dive.", dropped: 1 });
    expect(quotes("40 crowns [1].", question)).toEqual(["A berth costs 40 crowns a night."]);
  });

  test("part of a list", () => {
    expect(cite("Dogs are kept on a leash [2, 9].")).toMatchObject({
      text: "Dogs are kept on a leash [2].",
      dropped: 1,
    });
  });
});

describe("brackets that are no markers stay", () => {
  test.each([
    "See [1](https://example.com/a) for more.",
    "Call `list[9]` to read it.",
    "```\nvalues[9] = 1\n```",
    '{"ids": [9, 10], "label": "x"}',
    "Built in [2024].",
  ])("%s", (text) => {
    expect(cite(text)).toEqual({ text, citations: [], dropped: 0 });
  });

  test("but markers inside JSON strings are markers", () => {
    const cited = cite('{"answer": "Dogs are kept on a leash [2] [8]", "ids": [9]}');
    expect(cited.text).toBe('{"answer": "Dogs are kept on a leash [2]", "ids": [9]}');
    expect(cited.citations.map((citation) => citation.quote)).toEqual(["Dogs are kept on a leash."]);
  });
});

describe("offsets and pages", () => {
  test("point into the document, not into the passage", () => {
    const start = documents["rules.md"].indexOf("Dogs");
    const { citations } = citationsFromMarkers({
      text: "Dogs are kept on a leash [1].",
      passages: [hitOf("rules.md", start, documents["rules.md"].length, 4)],
      question: "",
    });
    expect(citations[0]).toMatchObject({
      start,
      end: start + "Dogs are kept on a leash.".length,
      page: 4,
      verified: true,
    });
  });

  test("the page is the one on which the quote starts, where the document's pages are known", () => {
    const dogs = documents["rules.md"].indexOf("Dogs");
    const { citations } = citationsFromMarkers({
      text: "Dogs are kept on a leash [1].",
      passages: [hitOf("rules.md", 0, documents["rules.md"].length, 1)],
      question: "",
      pagesOf: () => [
        { page: 1, start: 0, end: dogs },
        { page: 2, start: dogs, end: documents["rules.md"].length },
      ],
    });
    expect(citations[0]?.page).toBe(2);
  });

  test("spans outside their passage are dropped", () => {
    const length = documents["rules.md"].length;
    const spans = [
      { passage: 1, start: 0, end: 27 },
      { passage: 1, start: 5, end: length + 1 },
      { passage: 2, start: 0, end: 3 },
      { passage: 1, start: 4, end: 4 },
    ];
    const { citations, dropped } = citationsFromSpans(spans, passages);
    expect(citations.map((citation) => citation.quote)).toEqual(["Quiet hours begin at 22:00."]);
    expect(dropped).toBe(3);
  });
});

describe("for any text", () => {
  const word = fc.constantFrom(
    "dogs",
    "leash",
    "berth",
    "crowns",
    "40",
    "double",
    "submarine",
    "Quiet",
    "hours",
    "22:00",
  );
  const marker = fc.constantFrom(
    "[1]",
    "[2]",
    "[3]",
    "[1, 2]",
    "[2-4]",
    "[[1]]",
    "[0]",
    " [ 2 ]",
    "[",
    "]",
    '"',
    "{",
    "`",
    ".",
    ".\n",
    "\n\n",
  );
  const output = fc
    .array(fc.oneof(word, marker, fc.string({ maxLength: 4 })), { maxLength: 30 })
    .map((parts) => parts.join(" "));

  test("every quote is the slice it names", () => {
    fc.assert(
      fc.property(output, (text) => {
        for (const { documentId, start, end, quote } of cite(text, "what about dogs").citations) {
          expect(documents[documentId as keyof typeof documents].slice(start, end)).toBe(quote);
          expect(quote).not.toBe("");
        }
      }),
    );
  });

  test("verifying twice changes nothing more", () => {
    fc.assert(
      fc.property(output, (text) => {
        const once = cite(text);
        expect(cite(once.text)).toEqual({ ...once, dropped: 0 });
      }),
    );
  });

  test("a text without markers is unchanged", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/\[\s*\d/.test(text));
        expect(cite(text)).toEqual({ text, citations: [], dropped: 0 });
      }),
    );
  });
});
