// assay tune export, from a run trained here and now to files on disk.
import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assay } from "./command-line.ts";
import { type FerryProject, ferryProject } from "./ferry-project.ts";

let project: FerryProject;

const row = (at: number) =>
  JSON.stringify({
    messages: [
      { role: "user", content: `When does boat ${at} leave pier ${at % 5}?` },
      { role: "assistant", content: `{"boat":${at},"pier":${at % 5}}` },
    ],
  });
const inProject = (...args: string[]) => assay(...args, "--project", project.directory, "--json");

beforeAll(() => {
  project = ferryProject();
  project.write("examples.jsonl", `${Array.from({ length: 24 }, (_, at) => row(at)).join("\n")}\n`);
});
afterAll(() => project.remove());

test("exports the newest run that succeeded, and says in one line why it cannot", async () => {
  const output = project.path("exported");
  const exported = (format: string, ...more: string[]) =>
    inProject("tune", "export", "--format", format, "--output", output, ...more);

  const early = await exported("gguf");
  expect(early.exitCode).toBe(1);
  expect(early.stderr).toContain("assay tune");

  expect((await inProject("tune", "--steps", "2", "--seed", "3")).exitCode).toBe(0);
  const { exitCode, rows } = await exported("gguf");
  expect(exitCode).toBe(0);
  const [{ id, export: report }] = rows as unknown as [
    { id: string; export: { files: unknown[]; check: Record<string, unknown> } },
  ];
  expect(id).toMatch(/^\w+$/);
  expect(report).toMatchObject({ format: "gguf", output, precision: "float32", files: [{ name: "model.gguf" }] });
  expect(report.check).toMatchObject({ prompts: 20, positions: 100 });
  expect(readdirSync(output)).toEqual(["model.gguf"]);

  const adapter = await exported("peft");
  expect([adapter.exitCode, adapter.stderr]).toEqual([2, expect.stringContaining("--format huggingface")]);
  expect((await exported("onnx")).exitCode).toBe(2);
  expect((await inProject("tune", "export", "other", "--format", "gguf", "--output", output)).exitCode).toBe(1);
  expect(existsSync(project.path("exported/adapter_config.json"))).toBe(false);
}, 60_000);
