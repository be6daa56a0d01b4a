// Repeats ask the model anew each time and are kept by their number; a dry run asks nothing.
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ModelWireServer, modelWireServer } from "../src/testing/model-wire-server.ts";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;
let server: ModelWireServer;
beforeEach(async () => {
  project = ferryProject();
  server = await modelWireServer();
  const providers = { box: { baseUrl: server.url } };
  const models = { "box/test-model": { inputUsdPerMillionTokens: 1, outputUsdPerMillionTokens: 2 } };
  project.write("assay.config.json", JSON.stringify({ generator: "box/test-model", providers, prices: { models } }));
});
afterEach(async () => {
  await server.close();
  project.remove();
});

const compare = (...args: string[]) =>
  assay("compare", "--approaches", "rag", ...args, "--project", project.directory, "--json");
const reply = { type: "reply", text: "The ferry leaves every 25 minutes [1]." } as const;

test("a dry run says what can be seen and what it costs, and asks nothing", async () => {
  const { rows, exitCode } = await compare("--dry-run", "--repeats", "2");
  expect(exitCode).toBe(0);
  const plan = rows[0] as unknown as { costUsd: number; calls: { approach: string; calls: number }[] };
  expect(plan).toMatchObject({ questions: 3, clusters: 3, judgeUsd: 0 });
  expect(plan.calls.map(({ approach, calls }) => [approach, calls])).toEqual([
    ["rag", 9],
    ["oracle", 3],
  ]);
  expect(plan.costUsd).toBeGreaterThan(0);
  expect(server.requests).toHaveLength(0);
});

test("every repeat is a call of its own, asked once", async () => {
  server.script(...Array.from({ length: 100 }, () => reply));
  await compare();
  const before = server.requests.length;
  const first = (await compare("--repeats", "3")).rows[0] as unknown as { repeats: object[] };
  expect(server.requests.length - before).toBe(9);
  expect(first.repeats).toEqual([
    expect.objectContaining({ name: "rag", n: 3, repeats: 3, modelNoise: 0, alwaysRight: expect.closeTo(1 / 3, 9) }),
  ]);
  const after = server.requests.length;
  expect((await compare("--repeats", "3")).rows[0]).toEqual(first);
  expect(server.requests).toHaveLength(after);
});

test("fewer than two repeats are misuse", async () => {
  expect((await compare("--repeats", "1")).exitCode).toBe(2);
});
