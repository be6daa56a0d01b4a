import { describe, expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import type { ExampleRow } from "./example-row.ts";
import { type ExportFormat, exportFormats, exportRow } from "./export-formats.ts";
import { readRow } from "./read-row.ts";

function rowOf(value: Json): ExampleRow {
  const read = readRow(value, 1);
  if (read.status === "broken") throw new Error(read.problems.join("; "));
  return read.row;
}
const rowsFor = (value: Json, format: ExportFormat) => {
  const exported = exportRow(rowOf(value), format);
  return "rows" in exported ? exported.rows : exported.refused;
};

const system = { role: "system", content: "Be brief." };
const user = { role: "user", content: "How long?" };
const answer = { role: "assistant", content: "45 days." };
const single = { messages: [system, user, answer] };
const draft = { role: "assistant", content: "Which things?", weight: 0 };
const twoTurns = { messages: [user, draft, { role: "user", content: "Lost ones." }, { ...answer, weight: 1 }] };
const bothLearned = {
  messages: [user, { role: "assistant", content: "Which things?" }, { role: "user", content: "Lost ones." }, answer],
};
const preference = {
  input: { messages: [user] },
  preferred_output: [answer],
  non_preferred_output: [{ role: "assistant", content: "No idea." }],
};

describe("exact shapes", () => {
  test.each(["openai", "together", "fireworks"] as const)("%s: messages with weights", (format) => {
    expect(rowsFor(single, format)).toEqual([single]);
    expect(rowsFor(twoTurns, format)).toEqual([twoTurns]);
    expect(rowsFor({ prompt: "How long?", completion: "45 days." }, format)).toEqual([{ messages: [user, answer] }]);
    expect(rowsFor(preference, format)).toEqual([preference]);
  });

  test("trl: prompt and completion, a row for each learned answer", () => {
    expect(rowsFor(single, "trl")).toEqual([{ prompt: [system, user], completion: [answer] }]);
    expect(rowsFor(twoTurns, "trl")).toHaveLength(1);
    expect(rowsFor(bothLearned, "trl")).toEqual([
      { prompt: [user], completion: [bothLearned.messages[1]] },
      { prompt: bothLearned.messages.slice(0, 3), completion: [answer] },
    ]);
    expect(rowsFor(preference, "trl")).toEqual([
      { prompt: [user], chosen: [answer], rejected: [{ role: "assistant", content: "No idea." }] },
    ]);
  });

  test("axolotl: messages that say whether they are trained on", () => {
    const trained = [
      { ...user, training: false },
      { ...answer, training: true },
    ];
    expect(rowsFor({ messages: [user, answer] }, "axolotl")).toEqual([{ messages: trained }]);
    const flags = (rowsFor(twoTurns, "axolotl")[0] as unknown as { messages: { training: boolean; weight?: number }[] })
      .messages;
    expect(flags.map(({ training }) => training)).toEqual([false, false, false, true]);
    expect(flags.every(({ weight }) => weight === undefined)).toBe(true);
    expect(rowsFor(preference, "axolotl")).toEqual([
      { messages: [user], chosen: answer, rejected: { role: "assistant", content: "No idea." } },
    ]);
  });

  test("mlx: chat rows that end with the learned answer, no weights, no preferences", () => {
    expect(rowsFor(single, "mlx")).toEqual([single]);
    expect(rowsFor(bothLearned, "mlx")).toHaveLength(2);
    expect(JSON.stringify(rowsFor(twoTurns, "mlx"))).not.toContain("weight");
    expect(rowsFor(preference, "mlx")).toMatch(/preferences/);
  });

  test("tools go where they are taken, and are refused where they are not", () => {
    const call = { role: "assistant", content: null, tool_calls: [{ id: "1" }] };
    const tools = [{ type: "function" }];
    const value = {
      messages: [user, call, { role: "tool", content: "45", tool_call_id: "1" }, answer],
      tools,
      parallel_tool_calls: false,
    };
    expect(rowsFor(value, "openai")).toEqual([value]);
    expect(rowsFor(value, "together")).toMatch(/tools/);
    expect(rowsFor(value, "fireworks")).toMatch(/tools/);
  });

  test("together refuses two turns of one role in a row", () => {
    expect(rowsFor({ messages: [user, user, answer] }, "together")).toMatch(/two user turns/);
    expect(rowsFor({ messages: [user, user, answer] }, "openai")).toHaveLength(1);
  });
});

describe("round trip: what was exported reads as what it was", () => {
  const readable = exportFormats.filter((format) => format !== "axolotl");
  test.each(readable)("%s", (format) => {
    const [exported] = rowsFor(single, format);
    expect(rowOf(exported as Json)).toEqual(rowOf(single));
    if (format === "mlx") return;
    const [pair] = rowsFor(preference, format);
    expect(rowOf(pair as Json)).toEqual(rowOf(preference));
  });
});
