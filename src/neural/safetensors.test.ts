import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const scratch = mkdtempSync(join(tmpdir(), "assay-safetensors-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const weights = new Map([
  ["a", { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, Number.MIN_VALUE, 0, 1e30) }],
  ["b", { shape: [1], data: Float32Array.of(7) }],
]);

describe("safetensors", () => {
  test("gives back what was written and leaves nothing else behind", async () => {
    const path = join(scratch, "round.safetensors");
    await writeSafetensors(path, weights, { note: "ü" });
    expect(await readSafetensors(path)).toEqual({ weights, metadata: { note: "ü" } });
    expect(readdirSync(scratch)).toEqual(["round.safetensors"]);
  });

  test("lays bytes out as the format says", async () => {
    const path = join(scratch, "layout.safetensors");
    await writeSafetensors(path, weights);
    const bytes = readFileSync(path);
    const headerLength = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, 8 + headerLength).toString());
    expect(header["b"]).toEqual({ dtype: "F32", shape: [1], data_offsets: [24, 28] });
    expect(bytes.readFloatLE(8 + headerLength + 24)).toBe(7);
    expect(bytes).toHaveLength(8 + headerLength + 28);
  });

  test("a file cut short, or no such file at all, is named", async () => {
    const path = join(scratch, "cut.safetensors");
    await writeSafetensors(path, weights);
    truncateSync(path, readFileSync(path).length - 1);
    await expect(readSafetensors(path)).rejects.toThrow("not a whole safetensors file");
    writeFileSync(path, "hello");
    await expect(readSafetensors(path)).rejects.toThrow("not a whole safetensors file");
    writeFileSync(path, Buffer.from("ffffffffffffffff7b7d", "hex"));
    await expect(readSafetensors(path)).rejects.toThrow("not a whole safetensors file");
  });
});
