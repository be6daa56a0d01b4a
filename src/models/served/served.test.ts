// Tuned weights behind the servers people run: what is asked of each, what each refuses, and that base and tuned model stay apart.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identityOf } from "../../core/component.ts";
import type { ChatModel } from "../../core/models.ts";
import { type LoraWire, type LoraWireServer, loraWireServer } from "../../testing/lora-wire-server.ts";
import { llamaServerModel } from "./llama-server.ts";
import { ollamaModel } from "./ollama.ts";
import type { ServedWeights } from "./served-weights.ts";
import { vllmModel } from "./vllm.ts";

let folder: string;
let server: LoraWireServer;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "assay-served-")), "assay-1a2b");
  mkdirSync(folder);
  for (const name of ["model.gguf", "base.gguf", "adapter.gguf"]) writeFileSync(join(folder, name), `bytes of ${name}`);
});
afterEach(async () => {
  await server?.close();
  rmSync(dirname(folder), { recursive: true, force: true });
});

const weights = (more: Partial<ServedWeights> = {}): ServedWeights => ({
  name: "assay-1a2b",
  base: "acme/llama-1b",
  kind: "adapter",
  sha256: "ab".repeat(32),
  directory: join(folder, "adapter"),
  gguf: async () => ({
    whole: join(folder, "model.gguf"),
    base: join(folder, "base.gguf"),
    adapter: join(folder, "adapter.gguf"),
  }),
  ...more,
});
const whole = (more: Partial<ServedWeights> = {}) => weights({ kind: "whole", directory: folder, ...more });

const start = async (wire: LoraWire) => {
  server = await loraWireServer(wire);
  return { baseUrl: server.origin, timeoutMs: 5000, maxRetries: 0 };
};

const prompt = { instructions: "", examples: [], passages: [], question: "When is high water?" };
const say = async (model: ChatModel) => (await model.generate(prompt)).text;
const paths = () => server.requests.map(({ method, path }) => `${method} ${path}`);

describe("vLLM", () => {
  test("is given the adapter by its path once, and asked for it by its name", async () => {
    const model = vllmModel(weights(), await start({ server: "vllm", base: "acme/llama-1b", loadsAtRuntime: true }));
    expect(await say(model)).toBe(`the adapter of ${join(folder, "adapter")}`);
    await say(model);
    expect(paths()).toEqual([
      "GET /v1/models",
      "POST /v1/load_lora_adapter",
      "POST /v1/chat/completions",
      "POST /v1/chat/completions",
    ]);
    // Another process finds it there.
    expect(
      await say(vllmModel(weights(), { baseUrl: `${server.origin}/v1/`, timeoutMs: 5000, maxRetries: 0 })),
    ).toContain("adapter");
    expect(paths().filter((path) => path.includes("load_lora"))).toHaveLength(1);
  });

  test("that may not load adapters is told how to start; nothing is asked of the base in its place", async () => {
    const model = vllmModel(weights(), await start({ server: "vllm", base: "acme/llama-1b" }));
    await expect(say(model)).rejects.toMatchObject({
      code: "model-failed",
      message: expect.stringContaining("may not load adapters"),
      remedy: `vllm serve acme/llama-1b --enable-lora --lora-modules assay-1a2b=${join(folder, "adapter")}`,
    });
    expect(paths()).not.toContain("POST /v1/chat/completions");
  });

  test("that cannot see the adapter's folder says so, and is tried again with the next question", async () => {
    const options = await start({ server: "vllm", base: "b", loadsAtRuntime: true, adapterPaths: [] });
    const model = vllmModel(weights(), options);
    await expect(say(model)).rejects.toMatchObject({ message: expect.stringContaining("No adapter found") });
    await expect(say(model)).rejects.toThrow("No adapter found");
  });

  test("must itself run a model that was trained whole", async () => {
    const options = await start({ server: "vllm", base: "another" });
    await expect(say(vllmModel(whole(), options))).rejects.toMatchObject({
      remedy: `vllm serve ${folder} --served-model-name assay-1a2b`,
    });
    await server.close();
    expect(await say(vllmModel(whole(), await start({ server: "vllm", base: "assay-1a2b" })))).toBe("the base");
  });
});

describe("llama-server", () => {
  test("is told with every request which adapter, and how much of it; another run's file of the same name is not taken for it", async () => {
    const adapterPaths = ["/runs/assay-9f9f/adapter.gguf", "/mounted/assay-1a2b/adapter.gguf"];
    const options = await start({ server: "llama-server", modelPath: join(folder, "base.gguf"), adapterPaths });
    expect(await say(llamaServerModel(weights(), options))).toBe(`the adapter of ${adapterPaths[1]} at 1`);
    expect(server.requests.at(-1)?.body).toMatchObject({ lora: [{ id: 1, scale: 1 }] });
  });

  test("without the adapter, or with another model, is told how to start", async () => {
    const options = await start({ server: "llama-server", modelPath: "/elsewhere/base.gguf" });
    await expect(say(llamaServerModel(weights(), options))).rejects.toMatchObject({
      message: expect.stringContaining("it holds no adapter, not /"),
      remedy: `llama-server -m ${join(folder, "base.gguf")} --lora ${join(folder, "adapter.gguf")} --lora-init-without-apply --jinja`,
    });
    await expect(say(llamaServerModel(whole(), options))).rejects.toMatchObject({
      message: expect.stringContaining("it serves /elsewhere/base.gguf"),
    });
  });
});

describe("Ollama", () => {
  const template = "{{ .Prompt }}";

  test("is sent the whole model by its digest, makes a model of it once, and is asked for that", async () => {
    const options = { ...(await start({ server: "ollama" })), template, stop: "<|end|>" };
    expect(await say(ollamaModel(weights(), options))).toBe("the whole model");
    const created = server.requests.find(({ path }) => path === "/api/create")?.body;
    expect(created).toMatchObject({ model: "assay-1a2b", template, parameters: { stop: ["<|end|>"] }, stream: false });
    expect(Object.keys((created as { files: object }).files)).toEqual(["model.gguf"]);
    const before = server.requests.length;
    await say(ollamaModel(weights(), options));
    expect(paths().slice(before)).toEqual(["POST /api/show", "POST /v1/chat/completions"]);
  });

  test("is sent the adapter alone where it has the base, whose template it keeps", async () => {
    const options = { ...(await start({ server: "ollama", models: ["llama-1b"] })), base: "llama-1b" };
    expect(await say(ollamaModel(weights(), options))).toBe("the adapter over llama-1b");
    const sent = server.requests.filter(({ method, path }) => method === "POST" && path.startsWith("/api/blobs"));
    expect(sent.map(({ bytes }) => bytes)).toEqual(["bytes of adapter.gguf".length]);
  });

  test("is sent no file twice", async () => {
    const options = { ...(await start({ server: "ollama" })), template };
    await say(ollamaModel(weights(), options));
    await say(ollamaModel(weights({ name: "assay-3c4d" }), options));
    expect(paths().filter((path) => path.startsWith("POST /api/blobs"))).toHaveLength(1);
  });

  test("is given the template that is known for a base, and the one that is named before it", async () => {
    const options = await start({ server: "ollama" });
    const ollama = { template: "known", stop: "<|end|>" };
    const known = (name: string) =>
      weights({ name, gguf: async () => ({ whole: join(folder, "model.gguf"), ollama }) });
    await say(ollamaModel(known("a"), options));
    await say(ollamaModel(known("b"), { ...options, template: "named" }));
    const created = server.requests.filter(({ path }) => path === "/api/create").map(({ body }) => body);
    expect(created).toMatchObject([{ template: "known", parameters: { stop: ["<|end|>"] } }, { template: "named" }]);
  });

  test("without a template is not asked to guess one; what it refuses is said in its words", async () => {
    const options = await start({ server: "ollama", failsToCreate: "unsupported architecture" });
    await expect(say(ollamaModel(weights(), options))).rejects.toMatchObject({
      remedy: "set tuning.serve.template in assay.config.ts",
    });
    await expect(say(ollamaModel(weights(), { ...options, template }))).rejects.toMatchObject({
      message: "Ollama: 400: unsupported architecture",
    });
  });
});

describe("every engine", () => {
  const engines = [
    ["vLLM", vllmModel],
    ["llama-server", llamaServerModel],
    ["Ollama", ollamaModel],
  ] as const;
  const nowhere = { baseUrl: "http://127.0.0.1:9", timeoutMs: 2000, maxRetries: 0 };

  test.each(engines)(
    "of %s records base, hash and scale with each answer: no other weights share its identity",
    (_, make) => {
      expect(make(weights(), nowhere).config).toMatchObject({
        base: "acme/llama-1b",
        adapter: "ab".repeat(32),
        scale: 1,
      });
      const identities = [weights(), weights({ sha256: "cd".repeat(32) }), weights({ base: "acme/llama-3b" }), whole()];
      expect(new Set(identities.map((one) => identityOf(make(one, nowhere)))).size).toBe(4);
    },
  );

  test.each(engines)("of %s that is not there is one line with the key to correct", async (name, make) => {
    await expect(say(make(weights(), nowhere))).rejects.toMatchObject({
      code: "model-failed",
      message: `no ${name} answers at http://127.0.0.1:9`,
      remedy: expect.stringContaining("tuning.serve.baseUrl"),
    });
  });

  test("tells a model what its examples were told, unless it is told something else", async () => {
    const options = await start({ server: "vllm", base: "assay-1a2b" });
    const model = vllmModel(whole({ system: "Answer in JSON." }), options);
    await say(model);
    await model.generate({ ...prompt, instructions: "Answer in verse." });
    const told = server.requests.flatMap(({ body }) => (body ? [(body as { messages: object[] }).messages[0]] : []));
    expect(told).toEqual([
      { role: "system", content: "Answer in JSON." },
      { role: "system", content: "Answer in verse." },
    ]);
  });
});
