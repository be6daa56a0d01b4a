// What a tuned model forgot of the world, against the base that it began from.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { trainEmbedded } from "../../tuning/embedded/train-embedded.ts";
import { generalText } from "../../tuning/probes/general-text.ts";
import { forgettingProbes } from "./forgetting-probes.ts";
import type { TuningRecord } from "./tuning-records.ts";

const scratch = mkdtempSync(join(tmpdir(), "assay-forgetting-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const base = join(scratch, "base");
const directory = join(scratch, "run");
const common = { heldOut: [], seed: 1, method: "full", engine: { prefer: "native", threads: 1 } } as const;
const narrow = Array.from({ length: 12 }, (_, at) => ({
  messages: [
    { role: "user" as const, content: `berth ${at}` },
    { role: "assistant" as const, content: `{"berth":${at}}` },
  ],
}));
const ofTheWorld = async (settings: object) =>
  (await forgettingProbes({ directory, settings } as TuningRecord)).find(({ name }) => name.includes("general"))!;

test("a base that knew the fixed texts and was tuned on something narrow has forgotten, and it shows", async () => {
  await trainEmbedded({ ...common, examples: generalText, directory: base, budget: { steps: 40 } });
  await trainEmbedded({
    ...common,
    examples: narrow,
    directory: join(directory, "model"),
    base,
    budget: { steps: 20 },
  });
  const { value, n, meaning } = await ofTheWorld({ base });
  expect(n).toBe(24);
  expect(value).toBeGreaterThan(0.5);
  expect(meaning).toMatch(/before.*after/);
  const unchanged = await forgettingProbes({ directory: join(scratch, "none"), settings: {} } as TuningRecord);
  expect(unchanged.map((probe) => probe.value)).toEqual([null, null]);
}, 60_000);

test("a base that is gone is told, and ends nothing", async () => {
  expect(await ofTheWorld({ base: join(scratch, "gone") })).toMatchObject({
    value: null,
    meaning: expect.stringContaining("cannot be read here"),
  });
});
