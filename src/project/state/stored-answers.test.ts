import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Answer } from "../../core/answers.ts";
import { openContext } from "../wiring/context.ts";
import { storedAnswers } from "./stored-answers.ts";

test("an answer comes back whole, though the texts of its passages were not written down", async () => {
  const root = mkdtempSync(join(tmpdir(), "assay-answers-"));
  const context = await openContext(root);
  const text = "The mast is 14 metres high. The keel weighs 3 tons.";
  const document = {
    id: "d",
    source: "d.md",
    title: "Ship",
    text,
    format: "markdown",
    metadata: {},
    groups: [],
  } as const;
  context.documents.put(document, "r1");
  const chunk = {
    id: "d#0",
    documentId: "d",
    source: "d.md",
    title: "Ship",
    ordinal: 0,
    text: text.slice(0, 27),
    start: 0,
    end: 27,
    headingPath: [],
    metadata: {},
    groups: [],
  };
  const answer: Answer = {
    text: "14 metres [1]",
    outcome: "answered",
    citations: [],
    droppedCitations: 0,
    hits: [{ chunk, score: 1, legs: {} }],
    usage: [],
    ms: { retrieve: 1, generate: 1, total: 2 },
    notes: [],
  };
  await storedAnswers(context).set("k", answer);
  const row = context.database.sqlite.prepare("SELECT value FROM answers WHERE key = 'k'").get() as { value: string };
  expect(row.value).not.toContain("mast");
  expect(await storedAnswers(context).get("k")).toEqual(answer);
  context.close();
  rmSync(root, { recursive: true, force: true });
});
