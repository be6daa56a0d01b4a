// From a rating to a reviewed question, and from traces to figures and alerts.
import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { traceStore } from "../src/project/serve/traces.ts";
import { readTraffic } from "../src/project/serve/traffic.ts";
import { assay } from "./command-line.ts";
import { type ServedApp, servedApp } from "./served-app.ts";

let app: ServedApp;
afterEach(() => app.close());

const inProject = (...args: string[]) => assay(...args, "--project", app.project.directory, "--json");
const ask = async (text: string) =>
  (await (
    await app.post("/v1/chat/completions", { model: "rag", messages: [{ role: "user", content: text }] })
  ).json()) as { id: string };

test("feedback waits for review, then becomes a question or an example, never both", async () => {
  app = await servedApp();
  const liked = await ask("How often does the island ferry leave?");
  const corrected = await ask("What does a return ticket cost?");
  expect((await app.post("/v1/feedback", { id: liked.id, rating: "up" })).status).toBe(201);
  const correction = { id: corrected.id, rating: "down", correction: "6.40 crowns, children ride free" };
  expect((await app.post("/v1/feedback", correction)).status).toBe(201);
  expect((await app.post("/v1/feedback", { id: liked.id })).status).toBe(400);
  const { feedback } = (await inProject("feedback")).rows[0] as unknown as {
    feedback: { id: string; question: string }[];
  };
  expect(feedback.map(({ question }) => question)).toEqual([
    "How often does the island ferry leave?",
    "What does a return ticket cost?",
  ]);
  const file = app.project.path("from-feedback.jsonl");
  expect((await inProject("feedback", "--questions", file)).rows[0]).toMatchObject({ written: { questions: 0 } });
  for (const { id } of feedback) await inProject("feedback", "--accept", id);
  expect((await inProject("feedback", "--questions", file)).rows[0]).toMatchObject({
    feedback: [],
    written: { questions: 2 },
  });
  const questions = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(questions[0]).toMatchObject({
    references: [expect.stringContaining("25 minutes")],
    relevant: [{ source: "docs/ferry.md" }],
  });
  expect(questions[0].references[0]).not.toMatch(/\[\d+\]/);
  expect(questions[1]).toMatchObject({ references: ["6.40 crowns, children ride free"], relevant: [] });
  expect((await inProject("feedback", "--questions", file, "--examples", file)).exitCode).toBe(2);
  expect((await inProject("feedback", "--accept", "none")).exitCode).toBe(1);
});

test("traffic is summed by day and alerts beyond a limit", async () => {
  app = await servedApp();
  const day = 86_400_000;
  const now = 20_000 * day + 3_600_000;
  const store = traceStore(app.context.database, 30_000);
  const usual = {
    caller: "a",
    approach: "rag",
    kind: "served" as const,
    question: null,
    text: null,
    citations: null,
    confidence: 0.5,
    isCached: false,
    corpusHash: "c",
  };
  const add = (id: string, daysAgo: number, outcome: string, totalMs: number, costUsd: number | null) =>
    store.add({ ...usual, id, at: now - daysAgo * day, outcome, totalMs, costUsd });
  for (let count = 0; count < 8; count += 1) add(`old${count}`, 3, "answered", 10, 0.01);
  add("new1", 0, "declined", 400, 0.5);
  add("new2", 0, "answered", 20, null);
  store.flush();
  const traffic = readTraffic(app.context.database, 4, { max: { declined: 0.3, p95Ms: 500 } }, now);
  expect(traffic.before).toMatchObject({ answers: 8, declinedShare: 0, p95Ms: 10, unpriced: 0 });
  expect(traffic.before.costUsd).toBeCloseTo(0.08);
  expect(traffic.recent).toMatchObject({ answers: 2, declinedShare: 0.5, p50Ms: 20, p95Ms: 400, unpriced: 1 });
  expect(traffic.days.map(({ answers }) => answers)).toEqual([8, 0, 0, 2]);
  expect(traffic.alerts).toEqual([expect.stringMatching(/^declined 50\.0% since .*: more than 30\.0%$/)]);
  await ask("How often does the island ferry leave?");
  expect((await app.request("/readyz")).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const run = await inProject("traffic", "--max-p95-ms", "0.001");
  expect(run.exitCode).toBe(1);
  expect(run.rows[0]).toMatchObject({ recent: { answers: 1 }, alerts: [expect.stringContaining("p95 latency")] });
  expect((await inProject("traffic", "--days", "soon")).exitCode).toBe(2);
});
