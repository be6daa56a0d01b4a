import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { describeIndexContract } from "../testing/index-contract.ts";
import { openLanceIndex } from "./lancedb.ts";

const root = mkdtempSync(join(tmpdir(), "assay-lancedb-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let count = 0;
const freshDirectory = () => {
  count += 1;
  return join(root, String(count));
};
const open = (directory: string) =>
  openLanceIndex({ directory, dimensions: 4, embedderIdentity: "embedder-1", analyserIdentity: "analyser-1" });

describeIndexContract("lancedb", {
  runner: { describe, test, expect },
  open: () => open(freshDirectory()),
  reopen: () => open(join(root, String(count))),
});
