// Live answers scored after they were given, what moves shown, and alerts where a limit is broken.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Judge } from "../src/evaluation/judges/judge.ts";
import { unreferencedMetrics } from "../src/evaluation/metrics/judged-metrics.ts";
import { liveEvaluation } from "../src/project/serve/live-evaluation.ts";
import { readTraffic } from "../src/project/serve/traffic.ts";
import { metricNames } from "../src/project/serve/traffic-limits.ts";
import { fakeChatModel } from "../src/testing/fake-chat-model.ts";
import { modelWireServer } from "../src/testing/model-wire-server.ts";
import { assay } from "./command-line.ts";
import { type ServedApp, type ServedAppOptions, servedApp } from "./served-app.ts";

let app: ServedApp;
afterEach(async () => {
  await app?.close();
  app = undefined as never;
});

const question = "How often does the island ferry leave?";
const ask = (text = question, more: object = {}) =>
  app.post("/v1/chat/completions", { model: "rag", messages: [{ role: "user", content: text }], ...more });

type Row = { traceId: string; kind: string; metric: string; score: number | null; reason: string | null };
const evaluations = () => app.context.database.sqlite.prepare("SELECT * FROM evaluations").all() as Row[];

/** Says what the passages say, or what none of them does. */
const honest = () => fakeChatModel({ replies: ["The island ferry leaves every 25 minutes from the east pier [1]."] });
const invented = () => fakeChatModel({ replies: ["The island zeppelin departs at 19 o'clock on Mondays [1]."] });

async function served(generator = honest(), server: NonNullable<ServedAppOptions["config"]>["server"] = {}) {
  app = await servedApp({ generator, config: { server: { evaluation: { share: 1 }, ...server } } });
}

test("the names that limits may have are those of the metrics", () => {
  const judge = { name: "j", version: "1", config: null, label: "", readsMeaning: true } as Judge;
  expect(
    unreferencedMetrics(judge)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...metricNames].sort());
});

test("every drawn answer is scored by the metrics of a comparison; repeats from the cache are not scored again", async () => {
  await served();
  await ask();
  await expect.poll(() => evaluations().length).toBeGreaterThan(3);
  const metrics = await (await app.request("/metrics")).text();
  expect(metrics).toContain('assay_score_sum{approach="rag",metric="faithfulness"} 1');
  await ask();
  const scores = Object.fromEntries(evaluations().map(({ metric, score }) => [metric, score]));
  expect(scores).toMatchObject({ faithfulness: 1, hallucination: 0, "alce-citation-precision": 1 });
  const { id } = (await (await ask("What does a return ticket cost?")).json()) as { id: string };
  // Answers are scored in their order: had the repeat been drawn, it would be there before this one.
  const scored = () => new Set(evaluations().map(({ traceId }) => traceId));
  await expect.poll(() => scored().has(id)).toBe(true);
  expect(scored().size).toBe(2);
});

test("what no passage says is seen, in the traffic and beyond a limit", async () => {
  await served(invented());
  await ask();
  await expect.poll(() => evaluations().length).toBeGreaterThan(1);
  await expect.poll(() => readTraffic(app.context.database, 2).recent.metrics["hallucination"]?.n).toBe(1);
  expect(readTraffic(app.context.database, 2).recent.metrics).toMatchObject({
    hallucination: { mean: 1 },
    faithfulness: { mean: 0 },
  });
  const args = ["traffic", "--project", app.project.directory, "--min", "faithfulness=0.8"];
  const run = await assay(...args);
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatch(/faithfulness\s+– → 0\.000/);
  expect(run.stdout).toContain("less than 80.0%");
  for (const limit of ["faithfulness=low", "beauty=1"])
    expect((await assay(...args.slice(0, -1), limit)).exitCode).toBe(2);
});

test("a shadow is scored as well and shown beside what it shadows", async () => {
  await served(honest(), { shadow: { approach: "bm25-extractive", share: 1 } });
  await ask();
  await expect.poll(() => new Set(evaluations().map(({ kind }) => kind)).size).toBe(2);
  await expect.poll(() => readTraffic(app.context.database, 2).approaches.length).toBe(2);
  expect(readTraffic(app.context.database, 2).approaches).toMatchObject([
    { approach: "rag", kind: "served", metrics: { faithfulness: { n: 1 } } },
    { approach: "bm25-extractive", kind: "shadow", metrics: { faithfulness: { n: 1 } } },
  ]);
  const { recent, shadows } = readTraffic(app.context.database, 2);
  expect(recent.answers).toBe(1);
  expect(shadows).toMatchObject([
    { shadow: "bm25-extractive", served: "rag", questions: 1, ofShadow: { answers: 1 }, ofServed: { answers: 1 } },
  ]);
  expect((await assay("traffic", "--project", app.project.directory)).stdout).toContain(
    "bm25-extractive as a shadow of rag, on the same 1 questions",
  );
});

test("a judge of a provider stops at the day's budget, and what it leaves out is missing, not zero", async () => {
  const wire = await modelWireServer();
  const config = {
    providers: { mybox: { baseUrl: wire.url } },
    prices: { models: { "mybox/judge": { inputUsdPerMillionTokens: 10, outputUsdPerMillionTokens: 10 } } },
    server: { evaluation: { share: 1, judge: "mybox/judge", dailyUsd: 0 } },
  };
  app = await servedApp({ generator: honest(), config });
  await ask();
  await expect.poll(() => evaluations().length).toBeGreaterThan(1);
  expect(evaluations().every(({ score }) => score === null)).toBe(true);
  expect(evaluations()[0]?.reason).toContain("budget");
  await expect
    .poll(() => readTraffic(app.context.database, 2).recent.metrics["faithfulness"])
    .toEqual({ mean: null, n: 0, missing: 1 });
  expect(wire.requests).toHaveLength(0);
  await wire.close();
});

test("a share is a share, waits while others wait, and never grows without bound", async () => {
  await served(honest(), { evaluation: { share: 0 } });
  await ask();
  expect(evaluations()).toHaveLength(0);
  let busy = true;
  const turns = Array.from({ length: 1000 }, (_, turn) => (turn % 4) / 4);
  const answer = { outcome: "answered", text: "x", hits: [], citations: [] };
  const one = { answer, isCached: false, question: "q", approach: "rag" } as never;
  const scored: string[] = [];
  const evaluation = liveEvaluation({
    database: app.context.database,
    share: 0.25,
    metrics: async () => [
      {
        name: "m",
        version: "1",
        config: null,
        label: "",
        higherIsBetter: true,
        score: async () => ({ status: "scored", value: 1 }),
      },
    ],
    isBusy: () => busy,
    onScore: (_, metric) => scored.push(metric),
    onProblem: () => {},
    random: () => turns.shift() ?? 1,
  });
  for (let turn = 0; turn < 1000; turn += 1) evaluation.offer(one, `t${turn}`, "served");
  await new Promise((resolve) => setTimeout(resolve, 120));
  expect(scored).toHaveLength(0);
  busy = false;
  await expect.poll(() => scored.length).toBe(101);
  expect(evaluation.dropped).toBe(149);
  await evaluation.close();
});

test("an alert is raised once, in the log, the metrics and one POST, and is over when it is over", async () => {
  const posts: { status: string; figure: string; value: number }[] = [];
  const hook = await listening((request) => posts.push(JSON.parse(request)));
  await served(invented(), {
    evaluation: {
      share: 1,
      alerts: {
        minAnswers: 1,
        checkSeconds: 0.05,
        windowMinutes: 0.02,
        min: { faithfulness: 0.8 },
        max: { declined: 0.5 },
        webhookUrl: hook.url,
      },
    },
  });
  await ask();
  await expect.poll(() => posts.length, { timeout: 5000 }).toBe(1);
  expect(posts[0]).toMatchObject({ status: "raised", figure: "faithfulness", bound: "min", value: 0, limit: 0.8 });
  expect(app.log.join()).toContain("alert: faithfulness 0.0% in the last 0.02 minutes: less than 80.0%");
  expect(await (await app.request("/metrics")).text()).toContain(
    'assay_alerts_total{figure="faithfulness",bound="min"} 1',
  );
  await expect.poll(() => posts.length, { timeout: 5000 }).toBe(2);
  expect(posts[1]).toMatchObject({ status: "over" });
  expect(await (await app.request("/metrics")).text()).toContain("assay_alerts_raised 0\n");
  expect(JSON.stringify(posts)).not.toContain("ferry");
  hook.close();
});

test("a webhook is not followed elsewhere, and its address stays out of the log", async () => {
  const elsewhere: string[] = [];
  const other = await listening((body) => elsewhere.push(body));
  const hook = await listening(() => {}, other.url);
  await served(honest(), {
    evaluation: {
      share: 0,
      alerts: { minAnswers: 1, checkSeconds: 0.05, max: { usd: -1 }, webhookUrl: `${hook.url}/secret-path` },
    },
  });
  await ask();
  await expect.poll(() => app.log.join(), { timeout: 5000 }).toContain("could not be reached");
  expect(elsewhere).toHaveLength(0);
  expect(app.log.join()).not.toContain("secret-path");
  hook.close();
  other.close();
});

async function listening(onBody: (body: string) => void, redirect?: string): Promise<{ url: string; close(): void }> {
  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += String(part);
    if (redirect === undefined) onBody(body);
    response.writeHead(redirect ? 307 : 200, redirect ? { location: redirect } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}

test.each([
  { why: "a figure that nobody measures", evaluation: { share: 1, alerts: { min: { correctness: 0.5 } } } },
  { why: "a metric without a share", evaluation: { alerts: { min: { faithfulness: 0.5 } } } },
  { why: "scores without traces", evaluation: { share: 1 }, traces: "off" as const },
])("$why is refused at the start", async ({ why: _, ...server }) => {
  app = await servedApp();
  const { openApp } = await import("../src/server/serve.ts");
  const config = app.context.config;
  const { serverSchema } = await import("../src/project/config/serve-config.ts");
  const context = { ...app.context, config: { ...config, server: serverSchema.parse(server) } };
  await expect(openApp(context, () => {})).rejects.toMatchObject({ code: "bad-config" });
});
