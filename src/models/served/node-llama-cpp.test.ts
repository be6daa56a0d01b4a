// The in-process engine over a stand-in for the package: one token a character, so that what is cut and counted can be seen. The real
// package answers in tests/engine-parity.test.ts.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LlamaCppOptions, llamaCppModel } from "./node-llama-cpp.ts";

/** Says back what it was asked, in upper case; bytes of a character beyond ASCII come one by one. */
const library = `
const seen = { lora: undefined, busy: 0, most: 0 };
globalThis.assayFakeLlama = seen;
const bytes = (text) => [...Buffer.from(text)];
const model = {
  trainContextSize: 200,
  tokenizer: {},
  detokenize: (tokens) => Buffer.from(tokens).toString("utf8"),
  async createContext({ lora, threads }) {
    seen.lora = lora;
    seen.threads = threads;
    return { getSequence: () => ({
      async clearHistory() {},
      async *evaluate(tokens, { grammarEvaluationState }) {
        seen.busy += 1;
        seen.most = Math.max(seen.most, seen.busy);
        seen.grammar = grammarEvaluationState;
        for (const token of bytes(Buffer.from(tokens).toString("utf8").toUpperCase())) {
          await new Promise((done) => setTimeout(done, 1));
          yield token;
        }
        seen.busy -= 1;
      },
    }) };
  },
};
export const getLlama = async () => ({
  async loadModel({ modelPath }) {
    if (modelPath.includes("broken")) throw new Error("bad magic");
    return model;
  },
  createGrammarForJsonSchema: async (schema) => schema,
});
export class LlamaGrammarEvaluationState { constructor({ grammar }) { this.grammar = grammar; } }
export const resolveChatWrapper = () => ({
  generateContextState: ({ chatHistory }) => ({
    contextText: { tokenize: () => bytes(chatHistory.map((turn) => turn.text ?? turn.response.join("")).join("|")) },
  }),
});
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-llama-"));
  const home = join(folder, "node_modules/node-llama-cpp");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"name":"node-llama-cpp","type":"module","exports":"./index.js"}');
  writeFileSync(join(home, "index.js"), library);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const seen = () => (globalThis as unknown as { assayFakeLlama: Record<string, unknown> }).assayFakeLlama;
const model = (more: Partial<LlamaCppOptions> = {}) =>
  llamaCppModel({ name: "node-llama-cpp/x", label: "x", modelFile: "/m.gguf", installedIn: folder, ...more });
const prompt = { instructions: "", examples: [], passages: [], question: "" };
const ask = (question: string, more: object = {}, options = {}) =>
  model().generate({ ...prompt, question, ...more }, options);

test("an answer has its text, its tokens counted, and this machine's time", async () => {
  const { text, finish, usage } = await ask("tide", { instructions: "be kind" });
  expect({ text, finish }).toEqual({ text: "BE KIND|TIDE|", finish: "stop" });
  expect(usage).toMatchObject([{ modelId: "embedded/node-llama-cpp", inputTokens: 13, outputTokens: 13 }]);
  expect(usage[0]!.cpuMs).toBeGreaterThanOrEqual(0);
});

test("a stream gives whole characters, and together the answer", async () => {
  const deltas: string[] = [];
  for await (const event of model().stream({ ...prompt, question: "ålø" })) {
    if (event.type === "text-delta") deltas.push(event.text);
  }
  expect(deltas).toEqual(["Å", "L", "Ø", "|"]);
});

test("it ends at the limit, and refuses what leaves no room", async () => {
  expect(await ask("slack water", {}, { maxOutputTokens: 5 })).toMatchObject({ text: "SLACK", finish: "length" });
  await expect(ask("x".repeat(250))).rejects.toMatchObject({ code: "bad-input" });
});

test("questions wait for each other: they share one context", async () => {
  const shared = model();
  const texts = await Promise.all(["a", "b", "c"].map((question) => shared.generate({ ...prompt, question })));
  expect(texts.map(({ text }) => text)).toEqual(["A|", "B|", "C|"]);
  expect(seen()["most"]).toBe(1);
});

test("adapter, threads and schema reach llama.cpp", async () => {
  const adapter = { file: "/a.gguf", scale: 1 };
  await model({ adapter, threads: 3 }).generate({ ...prompt, question: "q", schema: { type: "object" } });
  expect(seen()).toMatchObject({
    lora: { adapters: [{ filePath: "/a.gguf", scale: 1 }] },
    threads: 3,
    grammar: { grammar: { type: "object" } },
  });
  await ask("q");
  expect(seen()["lora"]).toBeUndefined();
});

test("a package or a file that is not there is one sentence, and the next question tries again", async () => {
  const absent = model({ installedIn: join(tmpdir(), "assay-no-such-folder") });
  const failure = { code: "missing-package", remedy: expect.stringContaining("npm install node-llama-cpp") };
  await expect(absent.generate({ ...prompt, question: "q" })).rejects.toMatchObject(failure);
  await expect(absent.generate({ ...prompt, question: "q" })).rejects.toMatchObject(failure);
  const broken = model({ modelFile: "/broken.gguf" });
  await expect(broken.generate({ ...prompt, question: "q" })).rejects.toMatchObject({
    code: "model-failed",
    message: expect.stringContaining("bad magic"),
  });
});
