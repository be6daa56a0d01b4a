import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PromptParts } from "../../core/models.ts";
import type { Hit } from "../../core/retrieval.ts";
import { fakeEmbedder } from "../../testing/fake-embedder.ts";
import { createAnalyser } from "../../text/analyser.ts";
import { buildLexicon } from "../../text/lexicon.ts";
import { extractiveReader } from "./extractive-reader.ts";

const documents = [
  "# Harbour ferry\n\nThe harbour ferry leaves every 20 minutes from pier four. It runs until midnight.\n\nTickets are sold on board.",
  "# Tickets\n\nUntil May bicycles travelled free. Since May every bicycle needs a ticket of 1.50 euros at all hours.\n\n| Ticket | Price |\n|---|---|\n| Adult | 3.20 |\n| Child | 1.60 |",
  "# Hunde\n\nHunde fahren kostenlos mit. Große Hunde brauchen in der Kabine einen Maulkorb.\n\n- Katzen reisen im Korb.",
];
const analyser = createAnalyser({ languages: ["en", "de"] });
const lexicon = buildLexicon(documents.map((text) => analyser.terms(text)));
const parts = { analyser, lexicon, embedder: fakeEmbedder() };
const reader = extractiveReader(parts);

function hitsOf(texts: readonly string[]): readonly Hit[] {
  return texts.map((text, at) => {
    const place = { start: 0, end: text.length, headingPath: [], metadata: {}, groups: [] };
    const chunk = { id: `d${at}#0`, documentId: `d${at}`, source: `d${at}`, title: "", ordinal: 0, text, ...place };
    return { chunk, score: 0, legs: {} };
  });
}

function asked(question: string, texts: readonly string[] = documents): PromptParts {
  return { instructions: "", examples: [], passages: hitsOf(texts), question };
}

const quoteOf = (text: string, span: { start: number; end: number } | undefined) => text.slice(span?.start, span?.end);

describe("the extractive reader", () => {
  test.each([
    ["How often does the harbour ferry leave?", 0, "The harbour ferry leaves every 20 minutes from pier four."],
    ["Does a bicycle need a ticket?", 1, "Since May every bicycle needs a ticket of 1.50 euros at all hours."],
    ["Brauchen große Hunde einen Maulkorb?", 2, "Große Hunde brauchen in der Kabine einen Maulkorb."],
    ["Wie reisen Katzen?", 2, "Katzen reisen im Korb."],
  ])("%s", async (question, passage, sentence) => {
    const { text, spans, declined, confidence } = await reader.generate(asked(question));
    expect(declined).toBe(false);
    expect(spans?.[0]?.passage).toBe(passage);
    expect(quoteOf(documents[passage] ?? "", spans?.[0])).toBe(sentence);
    expect(text).toContain(`${sentence} [${passage + 1}]`);
    expect(confidence).toBeGreaterThan(0.5);
  });

  test("a table row is quoted as it stands and read under its column names", async () => {
    const { text, spans } = await reader.generate(asked("How much is a child ticket?"));
    expect(quoteOf(documents[1] ?? "", spans?.[0])).toBe("| Child | 1.60 |");
    expect(text).toContain("Ticket: Child; Price: 1.60 [2]");
  });

  test("among sentences alike, the one that holds the kind of thing asked for", async () => {
    const text = "The pier was rebuilt of oak. Gulls nest there. Nobody minds. The pier was rebuilt in 1904.";
    const { spans } = await reader.generate(asked("When was the pier rebuilt?", [text]));
    expect(quoteOf(text, spans?.[0])).toContain("The pier was rebuilt in 1904.");
  });

  test.each([0, 60])("reads a sentence under its heading, %i lines of other text around", async (lines) => {
    const filler = "The keeper of the lighthouse paints another wall and counts the gulls over the quay.\n".repeat(
      lines,
    );
    const text = `${filler}# Pilots\n\nTheir papers are kept by Mara.\n\n# Divers\n\nTheir papers are kept by Ben.\n\n${filler}`;
    const pilots = await reader.generate(asked("Who keeps the papers of the pilots?", [text]));
    const divers = await reader.generate(asked("Who keeps the papers of the divers?", [text]));
    expect(quoteOf(text, pilots.spans?.[0])).toContain("Mara");
    expect(quoteOf(text, divers.spans?.[0])).toContain("Ben");
  });

  test("a sentence that points back is quoted with the one before", async () => {
    const { spans } = await reader.generate(asked("Until when does it run, midnight?"));
    expect(quoteOf(documents[0] ?? "", spans?.[0])).toBe(
      "The harbour ferry leaves every 20 minutes from pier four. It runs until midnight.",
    );
  });

  test.each([
    "What is the boiling point of tungsten?",
    "Who wrote the symphony?",
    "Combien coûte une chambre d'hôtel ?",
    "???",
    "",
  ])("declines where the documents hold nothing: %s", async (question) => {
    const generation = await reader.generate(asked(question));
    expect(generation).toMatchObject({ declined: true, spans: [], text: "Not found in the documents." });
    expect(generation.confidence).toBeLessThan(0.4);
  });

  test("told not to decline it quotes the best there is, except from nothing", async () => {
    const eager = extractiveReader({ ...parts, decline: false });
    expect((await eager.generate(asked("What is the boiling point of tungsten?"))).spans).not.toEqual([]);
    expect(await eager.generate(asked("Ferry?", []))).toMatchObject({ declined: true, confidence: 0 });
    expect(await eager.generate(asked("Ferry?", [""]))).toMatchObject({ declined: true, confidence: 0 });
  });

  test("quotes verbatim, at most three stretches that do not overlap, with a probability", async () => {
    const piece = fc.constantFrom(
      "The ferry leaves. ",
      "It is late.\n",
      "| a ferry | 2 |\n",
      "# Ferry\n",
      "- dogs run\n",
      "\n\n",
      "No. 5 ",
    );
    const passage = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const eager = extractiveReader({ ...parts, decline: false });
    await fc.assert(
      fc.asyncProperty(fc.array(passage, { maxLength: 4 }), fc.string(), async (texts, words) => {
        const { spans = [], confidence, text } = await eager.generate(asked(`ferry ${words}`, texts));
        expect(spans.length).toBeLessThanOrEqual(3);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        for (const [at, { passage, start, end }] of spans.entries()) {
          const quote = (texts[passage] ?? "").slice(start, end);
          expect(quote.length).toBe(end - start);
          expect(quote.trim()).toBe(quote);
          expect(quote).not.toBe("");
          const before = spans.slice(0, at).filter((other) => other.passage === passage);
          for (const other of before) expect(other.start >= end || other.end <= start).toBe(true);
        }
        if (spans[0]) expect(text).toContain(`[${spans[0].passage + 1}]`);
      }),
    );
  });

  test("a stream ends with what generate gives", async () => {
    const prompt = asked("How often does the harbour ferry leave?");
    const { text, spans } = await reader.generate(prompt);
    let streamed = "";
    for await (const event of reader.stream(prompt)) {
      if (event.type === "text-delta") streamed += event.text;
      if (event.type === "generation-end") expect(event.generation.spans).toEqual(spans);
    }
    expect(streamed).toBe(text);
  });

  test("finds one sentence in a whole document, in time that grows with its length", async () => {
    const filler = "The keeper of the lighthouse paints another wall and counts the gulls over the quay once more.\n";
    const needle = "Pilots apply to Mara Lindqvist in writing.";
    const timeOf = async (copies: number) => {
      const text = `${filler.repeat(copies)}${needle}\n${filler.repeat(copies)}`;
      const started = performance.now();
      const { spans } = await reader.generate(asked("To whom do pilots apply?", [text]));
      expect(quoteOf(text, spans?.[0])).toContain(needle);
      return performance.now() - started;
    };
    await timeOf(50);
    const shortMs = Math.min(await timeOf(100), await timeOf(101), await timeOf(102));
    expect(await timeOf(1000)).toBeLessThan(50 * shortMs + 50);
  });
});
