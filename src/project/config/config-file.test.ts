import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig, parseConfig } from "./config-file.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-config-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("without a file every default holds", async () => {
  const { config, file } = await loadConfig(root);
  expect(file).toBeUndefined();
  expect(config.documents).toEqual(["docs"]);
  expect(config.generator).toBe("embedded/extractive");
  expect(config.retrieval.mode).toBe("hybrid");
});

test("a TypeScript file is read as it is, types and all", async () => {
  writeFileSync(
    join(root, "assay.config.ts"),
    'type Text = string;\nconst folder: Text = "handbook";\nexport default { documents: folder, retrieval: { topK: 3 } };\n',
  );
  const { config } = await loadConfig(root);
  expect(config.documents).toEqual(["handbook"]);
  expect(config.retrieval.topK).toBe(3);
});

test("every wrong key is named at once, with its path", () => {
  const parse = () => parseConfig({ retrieval: { topK: "many" }, generatr: "x" }, "assay.config.ts");
  expect(parse).toThrow(/retrieval\.topK: expected a number, found text/);
  expect(parse).toThrow(/generatr/);
});

test("a file that does not parse is one line", async () => {
  writeFileSync(join(root, "assay.config.json"), "{ broken");
  await expect(loadConfig(root)).rejects.toMatchObject({ code: "bad-config" });
});
