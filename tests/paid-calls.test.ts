// What is paid for is paid once: kills, repeated comparisons and changed prompts, against a server that speaks the real wire.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ModelWireServer, modelWireServer } from "../src/testing/model-wire-server.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
let server: ModelWireServer;

const questionCount = 12;

beforeEach(async () => {
  project = ferryProject();
  server = await modelWireServer();
  const lines = Array.from({ length: questionCount }, (_, place) =>
    JSON.stringify({
      id: `q${place}`,
      question: `How often does ferry number ${place} leave?`,
      references: ["every 25 minutes"],
      relevant: [{ source: "docs/ferry.md" }],
    }),
  );
  project.write("questions.jsonl", `${lines.join("\n")}\n`);
  configure({});
});

afterEach(async () => {
  await server.close();
  project.remove();
});

function configure(more: object): void {
  const config = {
    generator: "box/test-model",
    providers: { box: { baseUrl: server.url } },
    evaluation: { concurrency: 2 },
    ...more,
  };
  project.write("assay.config.json", JSON.stringify(config));
}

/** Starts the command as a process of its own; `kill` ends it at once, as a power cut would, and waits until it is gone. */
function started(...args: readonly string[]): { kill(): Promise<void> } {
  const child = spawn(process.execPath, [resolve("bin/assay.mjs"), ...args, "--project", project.directory], {
    stdio: "ignore",
  });
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  return {
    kill() {
      child.kill("SIGKILL");
      return gone;
    },
  };
}

const wait = (ms: number) => new Promise((wake) => setTimeout(wake, ms));
const compareRag = () => assay("compare", "--approaches", "rag", "--project", project.directory, "--json");
const reply = { type: "reply", text: "The ferry leaves every 25 minutes [1]." } as const;
const replies = (count: number) => Array.from({ length: count }, () => reply);
/** `rag` and the oracle yardstick ask the model, and every retry is a request. */
const modelCalls = () => server.requests.length;

describe("a second comparison", () => {
  test("with nothing changed calls no model", async () => {
    server.script(...replies(100));
    const first = await compareRag();
    expect(first.exitCode).toBe(0);
    const calls = modelCalls();
    expect(calls).toBeGreaterThanOrEqual(questionCount);
    expect((await compareRag()).rows[0]).toEqual(first.rows[0]);
    expect(modelCalls()).toBe(calls);
  });

  test("with other instructions asks again but parses, chunks, embeds and indexes nothing", async () => {
    server.script(...replies(100));
    await compareRag();
    const calls = modelCalls();
    configure({ generation: { instructions: "You are the harbour master." } });
    server.script(...replies(100));
    const second = await compareRag();
    expect(modelCalls()).toBeGreaterThanOrEqual(calls + questionCount);
    expect(second.stderr).toMatch(/Reading documents: 0 added, 0 changed/);
    expect(second.stderr).not.toMatch(/Adapting|Optimising/);
  });

  test("scores what the model said: cited, verified, right", async () => {
    server.script(...replies(100));
    const { rows } = await compareRag();
    const approaches = rows[0]?.["approaches"] as unknown as {
      name: string;
      scores: Record<string, { mean: number }>;
    }[];
    const scores = approaches.find(({ name }) => name === "rag")?.scores;
    expect(scores?.["contains"]?.mean).toBe(1);
    expect(scores?.["citation-precision"]?.mean).toBe(1);
  });
});

describe("a model that refuses every call", () => {
  const refusals = Array.from({ length: 100 }, () => ({ type: "status", status: 401 }) as const);

  test("leaves the approach unmeasured and unrecommended, with the reason", async () => {
    server.script(...refusals);
    const comparison = (await compareRag()).rows[0] as unknown as {
      approaches: { name: string; status: string; reason?: string }[];
      recommendation: { approach: string | null };
    };
    const rag = comparison.approaches.find(({ name }) => name === "rag");
    expect(rag).toMatchObject({ status: "not-run", reason: expect.stringMatching(/every answer failed: .*box/) });
    expect(comparison.recommendation.approach).toBeNull();
  });

  test("fails `ask`, and is still one JSON line", async () => {
    await assay("ingest", "--project", project.directory);
    server.script(...refusals);
    const run = await assay("ask", "How often does the ferry leave?", "--project", project.directory, "--json");
    expect(run.rows).toMatchObject([{ outcome: "failed" }]);
    expect(run.exitCode).toBe(1);
  });
});

describe("a comparison killed half-way", () => {
  test("goes on where it stopped, and asks no question twice", async () => {
    const slow = { type: "slow", waitMs: 60, next: reply } as const;
    server.script(...Array.from({ length: 100 }, () => slow));
    const run = started("compare", "--approaches", "rag");
    while (modelCalls() < 6) await wait(5);
    await run.kill();
    const before = modelCalls();
    expect(before).toBeLessThan(questionCount);
    server.script(...replies(100));
    const resumed = await compareRag();
    expect(resumed.exitCode).toBe(0);
    expect(resumed.stderr).toMatch(/from an earlier run/);
    const asked = server.requests.map(({ body }) => JSON.stringify(body));
    const repeated = asked.length - new Set(asked).size;
    // Only what was in flight at the kill, and so never answered, is asked again.
    expect(repeated).toBeLessThanOrEqual(2);
  });
});

test("the folder is opened by the next command after a kill at any moment of ingest", async () => {
  for (const afterMs of [150, 250, 350, 450, 600, 800]) {
    const run = started("ingest", "--readapt");
    await wait(afterMs);
    await run.kill();
    const next = await assay("ingest", "--project", project.directory, "--json");
    expect(next.stderr).not.toMatch(/assay:/);
    expect(next.exitCode).toBe(0);
    const found = await assay("search", "How often does the ferry leave?", "--project", project.directory, "--json");
    expect(JSON.stringify(found.rows[0])).toContain(join("docs", "ferry.md"));
  }
});
