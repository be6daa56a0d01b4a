// Models tuned by a provider stand behind fine-tuned, hybrid and raft as soon as the configuration names them.
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ComparedApproach } from "../src/core/comparison.ts";
import { type ModelWireServer, modelWireServer } from "../src/testing/model-wire-server.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
let server: ModelWireServer;

beforeEach(async () => {
  project = ferryProject();
  server = await modelWireServer();
  const config = {
    generator: "box/base",
    providers: { box: { baseUrl: server.url } },
    tuning: { models: { sft: "box/tuned", raft: "box/raft" } },
  };
  project.write("assay.config.json", JSON.stringify(config));
});
afterEach(async () => {
  await server.close();
  project.remove();
});

test("each is asked by its own approach, passages only where it retrieves, and the base beside it", async () => {
  server.script(...Array.from({ length: 60 }, () => ({ type: "reply", text: "Every 25 minutes [1]." }) as const));
  const names = ["prompt-only", "rag", "fine-tuned", "hybrid", "raft"];
  const run = await assay("compare", "--approaches", names.join(), "--project", project.directory, "--json");
  expect(run.exitCode).toBe(0);
  const { approaches } = run.rows[0] as unknown as { approaches: ComparedApproach[] };
  const row = (name: string) => approaches.find((approach) => approach.name === name)!;
  for (const name of names) expect(row(name)).toMatchObject({ status: "scored" });
  const asked = server.requests.map(({ body }) => {
    const { model } = body as { model: string };
    return `${model} ${JSON.stringify(body).includes("<passage") ? "with" : "without"} passages`;
  });
  expect(new Set(asked)).toEqual(
    new Set([
      "base without passages",
      "base with passages",
      "tuned without passages",
      "tuned with passages",
      "raft with passages",
    ]),
  );
  // Whoever trained it was paid; nobody here knows how much.
  const tuned = row("fine-tuned");
  expect(tuned.status === "scored" && tuned.costUsd.upfront).toBeNull();
});

test("hybrid has its tuned generator rewrite the query before it searches, and tells what it searched for", async () => {
  const config = JSON.parse(readFileSync(project.path("assay.config.json"), "utf8")) as object;
  project.write("assay.config.json", JSON.stringify({ ...config, hybrid: { refineQuery: "both" } }));
  await assay("ingest", "--project", project.directory, "--json");
  server.script({ type: "reply", text: '"lost property storage days"' }, { type: "reply", text: "45 days [1]." });
  const asking = ["ask", "Hi, er, my umbrella?", "--approach", "hybrid", "--project", project.directory, "--json"];
  const { rows } = await assay(...asking);
  const [rewriting, answering] = server.requests.map(({ body }) => body as { model: string });
  expect(server.requests).toHaveLength(2);
  expect([rewriting!.model, answering!.model]).toEqual(["tuned", "tuned"]);
  expect(JSON.stringify(rewriting)).toContain("query for a search engine");
  expect(JSON.stringify(rewriting)).not.toContain("<passage");
  expect(JSON.stringify(answering)).toContain("Lost things are kept for 45 days");
  // The question is answered as it was asked: only the search has other words.
  expect(JSON.stringify(answering)).toContain("Hi, er, my umbrella?");
  expect(JSON.stringify(answering)).not.toContain("lost property storage days");
  const [answer] = rows as unknown as { notes: string[]; usage: { modelId: string }[] }[];
  expect(answer!.notes).toContain("searched for: lost property storage days");
  expect(answer!.usage.filter(({ modelId }) => modelId === "box/tuned")).toHaveLength(2);
});
