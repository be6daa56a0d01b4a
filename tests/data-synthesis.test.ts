// `assay data synthesize` from the command line: rules, RAFT, and models that cost money, on a server that speaks their wire.
import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ModelWireServer, modelWireServer } from "../src/testing/model-wire-server.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
beforeEach(async () => {
  project = ferryProject();
  project.write(
    "docs/table.md",
    "# Berths\n\n## Prices\n\n| Berth | Night | Week |\n|---|---|---|\n| North | 12 crowns | 70 crowns |\n| South | 14 crowns | 81 crowns |\n",
  );
  project.write(
    "docs/secret.md",
    "---\ngroups: [board]\n---\n# Takeover\n\nThe takeover price is 81 crowns a share, they say.\n",
  );
});
afterEach(() => project.remove());

const inProject = (...args: string[]) => assay(...args, "--project", project.directory, "--json");
const synthesize = (...args: string[]) => inProject("data", "synthesize", ...args);
const rowsOf = (name: string) =>
  readFileSync(project.path(name), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("by rules", () => {
  test("cites what the documents say, and leaves out held-out questions and restricted documents", async () => {
    expect((await synthesize()).stderr).toMatch(/assay ingest/);
    project.write(
      "questions.jsonl",
      '{"id":"q1","question":"In \\"Berths\\", Prices: what is \\"Night\\" for \\"North\\"?","references":["12 crowns"]}\n',
    );
    await inProject("ingest");
    const run = await synthesize();
    expect(run.rows[0]).toMatchObject({
      written: "synthesized.jsonl",
      restrictedDocuments: 1,
      plan: null,
      dropped: { "resembles a held-out question": 1 },
    });
    const rows = rowsOf("synthesized.jsonl");
    expect(JSON.stringify(rows)).not.toMatch(/takeover|what is ..Night.. for ..North/i);
    for (const { citations, group } of rows) {
      const [citation] = citations;
      expect(readFileSync(project.path(citation.source), "utf8").slice(citation.start, citation.end)).toBe(
        citation.quote,
      );
      expect(group).toBe(citation.documentId);
    }
    expect((await inProject("data", "check", project.path("synthesized.jsonl"))).rows[0]).toMatchObject({
      problems: [],
      leaks: [],
    });
    expect((await synthesize()).exitCode).toBe(2);
  });

  test("renders RAFT with the prompt that rag sends", async () => {
    await inProject("ingest");
    const run = await synthesize("--raft", "--distractors", "2", "--without-oracle", "0.5");
    const rows = rowsOf("raft.jsonl");
    expect(run.rows[0]).toMatchObject({ written: "raft.jsonl", examples: rows.length });
    expect(rows.filter(({ raft }) => raft.oracle === null)).toHaveLength(Math.round(rows.length / 2));
    for (const { messages, raft, citations } of rows) {
      const [system, user, answer] = messages;
      expect(system.content).toMatch(/Answer only from the numbered passages/);
      const passages = user.content.split("</passage>").slice(0, -1);
      expect(passages).toHaveLength(raft.passages.length);
      if (raft.oracle === null) expect(answer.content).toBe("I could not find this in the documents.");
      else {
        expect(passages[raft.oracle - 1]).toContain(citations[0].quote);
        expect(answer.content).toContain(`[${raft.oracle}]`);
      }
    }
  });
});

describe("by a model", () => {
  let server: ModelWireServer;
  beforeEach(async () => {
    server = await modelWireServer();
    const prices = { models: { "box/writer": { inputUsdPerMillionTokens: 1000, outputUsdPerMillionTokens: 1000 } } };
    project.write(
      "assay.config.json",
      JSON.stringify({ providers: { box: { baseUrl: server.url } }, prices, evaluation: { concurrency: 1 } }),
    );
    await inProject("ingest");
  });
  afterEach(() => server.close());
  const reply = (value: object) => ({ type: "reply", text: JSON.stringify(value) }) as const;

  test("writes what was quoted and checked", async () => {
    const pair = {
      question: "How often does the boat to the island go?",
      answer: "every 25 minutes",
      quote: "leaves every 25 minutes",
    };
    const written = reply({ pairs: [pair] });
    server.script(
      ...Array.from({ length: 8 }, () => [
        written,
        reply({ verdicts: [{ answerable: true, selfContained: true }] }),
      ]).flat(),
    );
    const run = await synthesize("--model", "box/writer", "--limit", "8", "--yes");
    expect(run.exitCode).toBe(0);
    expect(run.rows[0]).toMatchObject({ examples: 1, byMethod: { model: 1 }, plan: { model: "box/writer" } });
    expect(rowsOf("synthesized.jsonl")[0]).toMatchObject({
      synthesized: { method: "model", model: "box/writer" },
      citations: [{ source: "docs/ferry.md", quote: "leaves every 25 minutes" }],
    });
  });

  test("a teacher answers the user's prompts; a killed run would ask nothing twice", async () => {
    project.write(
      "prompts.jsonl",
      '{"prompt":"Say when."}\n{"messages":[{"role":"user","content":"Say why."},{"role":"assistant","content":"No."}]}\n',
    );
    const distil = (...args: string[]) =>
      synthesize("--distil", "box/writer", "--prompts", project.path("prompts.jsonl"), ...args);
    server.script({ type: "reply", text: "At noon." }, { type: "reply", text: "The tide." });
    expect((await distil("--yes")).rows[0]).toMatchObject({ written: "distilled.jsonl", examples: 2, leftOut: [] });
    expect(rowsOf("distilled.jsonl").map(({ messages }) => messages.at(-1).content)).toEqual(["At noon.", "The tide."]);
    const asked = server.requests.length;
    expect(asked).toBe(2);
    expect(JSON.stringify(server.requests[1]?.body)).not.toContain("No.");
    await distil("--yes", "--force");
    expect(server.requests).toHaveLength(asked);
  });

  test.each([
    ["--model", "box/writer"],
    ["--distil", "box/writer"],
  ])("%s spends nothing unasked", async (...args) => {
    project.write(
      "assay.config.json",
      JSON.stringify({
        providers: { far: { baseUrl: "http://192.0.2.1/v1" } },
        prices: { models: { "far/writer": { inputUsdPerMillionTokens: 1000, outputUsdPerMillionTokens: 1000 } } },
      }),
    );
    project.write("prompts.jsonl", '{"question":"Say when."}\n');
    const [flag = ""] = args;
    const all = [flag, "far/writer", ...(flag === "--distil" ? ["--prompts", project.path("prompts.jsonl")] : [])];
    const refused = await synthesize(...all);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringMatching(/calls? to far\/writer.*USD.*--yes/)]);
    const plan = await synthesize(...all, "--dry-run");
    expect(plan.exitCode).toBe(0);
    expect(plan.rows[0]).toMatchObject({
      written: null,
      plan: { model: "far/writer", costUsd: expect.any(Number) },
    });
    expect(existsSync(project.path("synthesized.jsonl")) || existsSync(project.path("distilled.jsonl"))).toBe(false);
  });

  test.each([
    { args: ["--model", "embedded/extractive"], says: /no language model/ },
    { args: ["--distil", "box/writer"], says: /--prompts/ },
    { args: ["--without-oracle", "2"], says: /0 to 1/ },
  ])("misuse: $args", async ({ args, says }) => {
    const run = await synthesize(...args);
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringMatching(says)]);
  });
});
