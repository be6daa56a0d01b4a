// Models tuned by a provider stand behind fine-tuned, hybrid and raft as soon as the configuration names them.
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
