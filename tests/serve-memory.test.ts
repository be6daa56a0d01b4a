// Answers from memory: exact repeats always, questions in other words where it is wanted, nothing across rights or documents.
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { silentProgress } from "../src/core/progress.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { mayMeanTheSame, similarAnswers } from "../src/project/serve/similar-questions.ts";
import { openContext } from "../src/project/wiring/context.ts";
import { hashOfKey } from "../src/server/callers.ts";
import { type ServedApp, type ServedAppOptions, servedApp } from "./served-app.ts";

let app: ServedApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

type Assay = { cached: boolean; notes: string[] };

async function asked(text: string, key?: string, more: object = {}): Promise<Assay & { content: string }> {
  const body = { model: "rag", messages: [{ role: "user", content: text }], ...more };
  const { assay, choices } = (await (await app!.post("/v1/chat/completions", body, key)).json()) as {
    assay: Assay;
    choices: { message: { content: string } }[];
  };
  return { ...assay, content: choices[0]!.message.content };
}

const served = (server: NonNullable<ServedAppOptions["config"]>["server"] = {}) => servedApp({ config: { server } });
const question = "How often does the island ferry leave?";
const reworded = "How often does the ferry leave the island?";

test("other words are answered anew, unless it is wanted; then the note says so and nobody's words", async () => {
  app = await served();
  await asked(question);
  expect((await asked(reworded)).cached).toBe(false);
  await app.close();
  app = await served({ similarAnswers: 0.85 });
  const first = await asked(question);
  const second = await asked(reworded);
  expect(second).toMatchObject({ cached: true, content: first.content });
  expect(second.notes.join()).toMatch(/reads alike \(similarity [01]\.\d\d\)/);
  expect(second.notes.join()).not.toContain("ferry");
});

test.each([
  "How often does the island ferry not leave?",
  "Why does the island ferry leave?",
  "How often does the island ferry 7 leave?",
  "How long are lost things kept?",
])("%s is another question", async (other) => {
  app = await served({ similarAnswers: 0.8 });
  await asked(question);
  expect((await asked(other)).cached).toBe(false);
});

test("a follow-up, another filter, another sampler and other rights are other questions", async () => {
  const keys = ["a", "b"].map((name) => ({ name, hash: hashOfKey(`key-${name}`), groups: [name] }));
  app = await served({ similarAnswers: 0.8, keys });
  await asked(question, "key-a");
  expect((await asked(reworded, "key-b")).cached).toBe(false);
  expect((await asked(reworded, "key-a", { assay: { filter: { source: "x" } } })).cached).toBe(false);
  expect((await asked(reworded, "key-a", { temperature: 1 })).cached).toBe(false);
  const history = [
    { role: "user", content: "Tell me of dogs." },
    { role: "assistant", content: "They ride for nothing." },
  ];
  expect((await asked("", "key-a", { messages: [...history, { role: "user", content: reworded }] })).cached).toBe(
    false,
  );
  expect((await asked(reworded, "key-a")).cached).toBe(true);
});

test("a change of any document forgets what was alike", async () => {
  app = await served({ similarAnswers: 0.8 });
  await asked(question);
  app.project.write(
    "docs/ferry.md",
    "# Island ferry\n\nThe island ferry leaves every 40 minutes from the east pier.\n",
  );
  const other = await openContext(app.project.directory);
  await ingest(other, { progress: silentProgress });
  other.close();
  await expect.poll(async () => (await asked(reworded)).content).toContain("40 minutes");
});

test("the memory holds as many as it may, and the oldest scope goes first", () => {
  const memory = similarAnswers(0.9, 3);
  const one = (text: string) => ({ text, vector: Float32Array.of(1) });
  for (const scope of ["old", "new"]) memory.set(scope, one("a"), { approach: scope } as never);
  for (const text of ["b", "c"]) memory.set("new", one(text), { approach: "new" } as never);
  expect(memory.get("old", one("a"))).toBeUndefined();
  expect(memory.get("new", one("a"))?.answer.approach).toBe("new");
});

test("whether two questions may mean the same does not depend on their order", () => {
  const words = fc.array(fc.constantFrom("not", "who", "7", "42", "ferry", "n't", "never", "when"), { maxLength: 5 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const [left, right] = [a.join(" "), b.join(" ")];
      expect(mayMeanTheSame(left, right)).toBe(mayMeanTheSame(right, left));
      expect(mayMeanTheSame(left, left)).toBe(true);
    }),
  );
});
