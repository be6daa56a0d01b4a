// Exports on tiny models: structure byte by byte, round trips through readers that share nothing with the writers, and the refusal
// of everything that is not the model.
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DecoderConfig, projections } from "../../neural/decoder-config.ts";
import { type Engine, openEngine } from "../../neural/onnx-engine.ts";
import { random } from "../../neural/random.ts";
import { initialAdapter, initialWeights, type LoraConfig, type Weights } from "../../neural/weights.ts";
import type { Merge } from "../embedded/byte-pair-training.ts";
import { writeBase, writeDescription, writeTuned } from "../embedded/model-files.ts";
import { ownChat } from "../embedded/own-chat.ts";
import { tokenizer, trainTokenizer } from "../embedded/tokenizer.ts";
import { readGguf } from "../formats/gguf-reader.ts";
import { readHuggingFace } from "../formats/read-hugging-face.ts";
import { checkAndPlace } from "./check-and-place.ts";
import { type ExportFormat, exportFormats, exportPlan, roundedWeights } from "./export-formats.ts";
import { type ExportSource, exportSource } from "./export-source.ts";
import { exportTunedModel, writeAll } from "./export-tuned-model.ts";
import { ggufChunks } from "./gguf-container.ts";
import { probeTexts } from "./probes.ts";
import { byteLevelEncoder } from "./read-back/byte-level-rules.ts";
import { checkLogits, checkTokenizer } from "./self-check.ts";
import { probePrompts, servedReadings } from "./served-readings.ts";

const words = trainTokenizer([...probeTexts, ...probeTexts], 400);

/** Heads wider than the model, shared keys, tensors that end between alignments: every size has its own number. */
const config: DecoderConfig = {
  vocabulary: words.vocabulary.length,
  width: 20,
  layers: 2,
  heads: 4,
  keyHeads: 2,
  headSize: 8,
  hidden: 40,
  maximumLength: 128,
  ropeBase: 10_000,
  normEpsilon: 1e-5,
  tied: true,
};
const lora: LoraConfig = { rank: 3, alpha: 7, targets: projections };
const { normal } = random(1);

/** Weights far from their start, so that every part of the model matters to its logits. */
const stirred = (weights: Weights, by: number): Weights =>
  new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => x + by * normal()) }]));

let root: string;
let engine: Engine;
let full: string;
let adapted: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-exports-"));
  engine = await openEngine({ threads: 1 });
  full = join(root, "full");
  adapted = join(root, "adapted");
  const weights = stirred(initialWeights(config, 1), 0.2);
  const description = { config, tokenizer: words.data, origin: "random" } as const;
  await writeDescription(join(full), description);
  await writeBase(full, weights);
  await writeDescription(adapted, { ...description, lora });
  await writeBase(adapted, weights);
  await writeTuned(adapted, stirred(initialAdapter(config, lora, 2), 0.2), true);
});
afterAll(() => rm(root, { recursive: true }));

const read = (...path: string[]) => readFile(join(root, ...path));
const readJson = async (...path: string[]) => JSON.parse((await read(...path)).toString()) as Record<string, unknown>;
const exported = (directory: string, format: ExportFormat, output: string, precision?: "float16") =>
  exportTunedModel({
    directory,
    format,
    output: join(root, output),
    engine: { threads: 1 },
    ...(precision && { precision }),
  });

describe("an export", () => {
  const files = {
    huggingface: [
      "README.md",
      "config.json",
      "generation_config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ],
    peft: ["adapter_config.json", "adapter_model.safetensors", "base"],
    gguf: ["model.gguf"],
    "gguf-lora": ["adapter.gguf", "base.gguf"],
  };

  test.each(exportFormats)("as %s is read back as the same model", async (format) => {
    const report = await exported(adapted, format, `as-${format}`);
    expect((await readdir(join(root, `as-${format}`))).sort()).toEqual(files[format]);
    expect(report.check).toMatchObject({ prompts: 20, positions: 100, texts: probeTexts.length });
    expect(report.check.largestDifference).toBeLessThan(1e-4);
    expect(report.check.base !== undefined).toBe(format === "peft" || format === "gguf-lora");
    expect(report.note).toContain("knows only the examples");
    expect(report.files.every(({ bytes, sha256 }) => bytes > 0 && sha256.length === 64)).toBe(true);
  });

  test("in float16 is half as large and says what rounding changed", async () => {
    await exported(full, "gguf", "whole");
    const report = await exported(full, "gguf", "half", "float16");
    const saved = (await read("whole", "model.gguf")).length - (await read("half", "model.gguf")).length;
    const matrices = [...(await exportSource(full)).base.values()].filter(({ shape }) => shape.length === 2);
    expect(saved).toBe(matrices.reduce((sum, { data }) => sum + 2 * data.length, 0));
    expect(report.check.rounding?.largestDifference).toBeGreaterThan(0);
    expect(report.check.rounding?.largestDifference).toBeLessThan(0.1);
  });

  test("of what is not there is refused in one line", async () => {
    await expect(exported(full, "peft", "none")).rejects.toMatchObject({ code: "bad-usage" });
    await expect(exported(full, "gguf-lora", "none")).rejects.toMatchObject({ code: "bad-usage" });
    await expect(exported(full, "huggingface", "none", "float16")).rejects.toMatchObject({ code: "bad-usage" });
    await expect(exported(join(root, "nowhere"), "gguf", "none")).rejects.toMatchObject({ code: "not-found" });
    expect(existsSync(join(root, "none"))).toBe(false);
  });

  test("replaces an earlier one and leaves other files alone", async () => {
    await exported(full, "gguf", "again");
    await writeFile(join(root, "again", "notes.txt"), "mine");
    await writeFile(join(root, "again", "model.gguf"), "old");
    await exported(adapted, "gguf", "again");
    expect(await readdir(join(root, "again"))).toEqual(["model.gguf", "notes.txt"]);
    expect((await read("again", "model.gguf")).length).toBeGreaterThan(10_000);
  });
});

describe("the files", () => {
  test("of GGUF begin as the format says, with every tensor on a multiple of 32 bytes and dimensions fastest first", async () => {
    await exported(full, "gguf", "layout");
    const bytes = await read("layout", "model.gguf");
    expect(bytes.toString("latin1", 0, 4)).toBe("GGUF");
    expect(bytes.readUInt32LE(4)).toBe(3);
    const { metadata, tensors } = await readGguf(join(root, "layout", "model.gguf"));
    expect(Number(bytes.readBigUInt64LE(8))).toBe(tensors.size);
    expect(Number(bytes.readBigUInt64LE(16))).toBe(metadata.size);
    expect(tensors.size).toBe(2 + 9 * config.layers);
    expect(tensors.get("blk.0.attn_q.weight")!.dimensions).toEqual([20, 32]);
    expect(tensors.get("blk.0.attn_k.weight")!.dimensions).toEqual([20, 16]);
    expect(tensors.has("output.weight")).toBe(false);
    const data = bytes.length - [...tensors.values()].reduce((sum, t) => sum + Math.ceil(t.data.length / 8) * 32, 0);
    expect(data % 32).toBe(0);
    expect(bytes.readFloatLE(data)).toBe((await exportSource(full)).base.get("model.embed_tokens.weight")!.data[0]);
  });

  test("of GGUF hold rows of queries and keys as neighbours, and those of values as they were", async () => {
    await exported(full, "gguf", "rows");
    const { tensors } = await readGguf(join(root, "rows", "model.gguf"));
    const { base } = await exportSource(full);
    const firsts = (data: Float32Array) => Array.from({ length: 16 }, (_, row) => data[row * config.width]!);
    const rows = (projection: string) => firsts(base.get(`model.layers.1.self_attn.${projection}.weight`)!.data);
    const turned = [0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15];
    for (const [name, projection] of [
      ["attn_q", "q_proj"],
      ["attn_k", "k_proj"],
    ] as const) {
      expect(firsts(tensors.get(`blk.1.${name}.weight`)!.data)).toEqual(turned.map((row) => rows(projection)[row]));
    }
    expect(firsts(tensors.get("blk.1.attn_v.weight")!.data)).toEqual(rows("v_proj"));
  });

  test("of a LoRA GGUF move the rows of lora_b, never those of lora_a", async () => {
    await exported(adapted, "gguf-lora", "low-rank");
    const { tensors, metadata } = await readGguf(join(root, "low-rank", "adapter.gguf"));
    const { weights } = (await exportSource(adapted)).adapter!;
    const q = "model.layers.0.self_attn.q_proj";
    expect(tensors.get("blk.0.attn_q.weight.lora_a")!.dimensions).toEqual([20, 3]);
    expect(tensors.get("blk.0.attn_q.weight.lora_b")!.dimensions).toEqual([3, 32]);
    expect(tensors.get("blk.0.attn_q.weight.lora_a")!.data).toEqual(weights.get(`${q}.lora_A.weight`)!.data);
    const up = weights.get(`${q}.lora_B.weight`)!.data;
    expect(tensors.get("blk.0.attn_q.weight.lora_b")!.data.slice(3, 6)).toEqual(up.slice(12, 15));
    expect(metadata.get("adapter.lora.alpha")).toBe(7);
  });

  test("of Hugging Face say what transformers and PEFT need to know", async () => {
    await exported(adapted, "peft", "hub");
    expect(await readJson("hub", "base", "config.json")).toMatchObject({
      architectures: ["LlamaForCausalLM"],
      head_dim: 8,
      num_key_value_heads: 2,
      tie_word_embeddings: true,
    });
    expect(await readJson("hub", "adapter_config.json")).toMatchObject({ peft_type: "LORA", r: 3, lora_alpha: 7 });
    const bytes = await read("hub", "adapter_model.safetensors");
    const header = JSON.parse(bytes.toString("utf8", 8, 8 + Number(bytes.readBigUInt64LE(0)))) as Record<
      string,
      unknown
    >;
    expect(header["__metadata__"]).toEqual({ format: "pt" });
    expect(header["base_model.model.model.layers.1.mlp.down_proj.lora_A.weight"]).toMatchObject({ shape: [3, 40] });
    const tokenizer = await readJson("hub", "base", "tokenizer.json");
    expect((tokenizer["added_tokens"] as { content: string }[]).map(({ content }) => content)).toContain("<|end|>");
  });

  test("keep float16 as IEEE 754 has it", async () => {
    const path = join(root, "halves.gguf");
    const all = Float16Array.from({ length: 0x10000 });
    new Uint16Array(all.buffer).set(Uint16Array.from({ length: 0x10000 }, (_, bits) => bits));
    await writeFile(path, Buffer.concat(ggufChunks(new Map(), [{ name: "all", shape: [0x10000], data: all }])));
    expect([...(await readGguf(path)).tensors.get("all")!.data]).toEqual([...all]);
  });
});

describe("the self-check", () => {
  type Tamper = (aside: string) => Promise<void>;

  async function tampered(directory: string, format: ExportFormat, tamper: Tamper, precision?: "float16") {
    const source = await exportSource(directory);
    const plan = exportPlan(format, source, precision);
    const aside = await mkdtemp(join(root, "aside-"));
    const output = join(root, "refused");
    const files = await writeAll(aside, plan.files);
    await tamper(aside);
    return { output, done: checkAndPlace(engine, source, plan, { aside, output, files }) };
  }

  test.each(exportFormats)("refuses %s with any one byte flipped, and puts nothing in place", async (format) => {
    const sizes = (await exported(adapted, format, "sizes")).files;
    const anyByte = fc
      .constantFrom(...sizes)
      .chain(({ name, bytes }) => fc.record({ name: fc.constant(name), at: fc.nat(bytes - 1), bit: fc.nat(7) }));
    const refused = fc.asyncProperty(anyByte, async ({ name, at, bit }) => {
      const { output, done } = await tampered(adapted, format, async (aside) => {
        const bytes = await readFile(join(aside, name));
        bytes[at]! ^= 1 << bit;
        await writeFile(join(aside, name), bytes);
      });
      await expect(done).rejects.toMatchObject({ code: "internal" });
      expect(existsSync(output)).toBe(false);
    });
    await fc.assert(refused, { numRuns: 8 });
  });

  test("refuses files cut short, and files of another model", async () => {
    const cut = await tampered(full, "gguf", async (aside) => {
      const bytes = await readFile(join(aside, "model.gguf"));
      await writeFile(join(aside, "model.gguf"), bytes.subarray(0, bytes.length - 100));
    });
    await expect(cut.done).rejects.toMatchObject({ code: "internal" });
    const source = await exportSource(full);
    const other: ExportSource = { ...source, whole: stirred(source.whole, 1e-3) };
    const aside = await mkdtemp(join(root, "other-"));
    const files = await writeAll(aside, exportPlan("gguf", other).files);
    const placed = checkAndPlace(engine, source, exportPlan("gguf", source), {
      aside,
      output: join(root, "no"),
      files,
    });
    await expect(placed).rejects.toThrow(/has other numbers/);
  });

  test("hears a wrong rotary layout or base, and an adapter off or twice as strong, in the logits alone", async () => {
    const source = await exportSource(adapted);
    const readings = await servedReadings(engine, config, source.whole, probePrompts(ownChat(words), config, 1e6));
    const output = join(root, "as-heard");
    const ways = { gguf: exportPlan("gguf-lora", source), hub: exportPlan("peft", source) };
    for (const [way, plan] of Object.entries(ways)) {
      await writeAll(join(output, way), plan.files);
      const { model } = await plan.readWhole(join(output, way));
      expect(checkLogits(model, readings).largestDifference).toBeLessThan(1e-4);
      const turning = model.turning === "halves" ? "neighbours" : "halves";
      const doubled = new Map([...model.adapters].map(([name, low]) => [name, { ...low, scale: 2 * low.scale }]));
      const faults = [{ turning } as const, { adapters: doubled }, { adapters: new Map() }, { ropeBase: 500_000 }];
      for (const fault of faults)
        expect(() => checkLogits({ ...model, ...fault }, readings)).toThrow(/logits of probe/);
    }
  });

  test("hears a tokenizer with two merges swapped, another template, another end", async () => {
    await exported(full, "huggingface", "words");
    const { tokenizer } = await readHuggingFace(join(root, "words"));
    expect(() => checkTokenizer(ownChat(words), tokenizer)).not.toThrow();
    const faults = [
      { merges: [...tokenizer.merges].reverse() },
      { chatTemplate: tokenizer.chatTemplate.replace("<|end|>", "<|end|>\n") },
      { endId: 1 },
      { vocabulary: tokenizer.vocabulary.toSpliced(300, 1, "x") },
    ];
    for (const fault of faults)
      expect(() => checkTokenizer(ownChat(words), { ...tokenizer, ...fault })).toThrow(/not the model/);
  });

  test("rounds as the file does", () => {
    const weights: Weights = new Map([
      ["matrix", { shape: [1, 2], data: Float32Array.of(0.1, 1e-9) }],
      ["gain", { shape: [2], data: Float32Array.of(0.1, 1e-9) }],
    ]);
    const rounded = roundedWeights(weights, "float16");
    expect([...rounded.get("matrix")!.data]).toEqual([Math.f16round(0.1), 0]);
    expect(rounded.get("gain")).toEqual(weights.get("gain"));
  });
});

describe("the tokenizer", () => {
  // Merges of white space are rarely learnt; without them it would not matter how it is split.
  const white = [
    "Ġ Ġ",
    "ĠĠ ĠĠ",
    "Ċ Ċ",
    "ĊĊ Ċ",
    "Ġ Ċ",
    "Ċ Ġ",
    "Ġ t",
    "Ġt h",
    "Ġ '",
    "' s",
    "r e",
    "' re",
    "ï »",
    "ï» ¿",
    "Ġ ï»¿",
    "Â ħ",
  ];
  const spaced = tokenizer({
    merges: [...white.map((merge) => merge.split(" ") as unknown as Merge), ...words.data.merges],
  });
  const encode = byteLevelEncoder({
    vocabulary: spaced.vocabulary,
    merges: spaced.data.merges,
    controlIds: [0, 1, 2, 3],
    endId: 0,
    chatTemplate: "",
  });
  const oddCharacters = fc.constantFrom(
    ...[
      "'",
      "s",
      "re",
      "ll",
      " ",
      "  ",
      "\n",
      "\r\n",
      "\t",
      "\u00a0",
      "\u0085",
      "\ufeff",
      "\u2028",
      "\u3000",
      "\u200d",
      "0",
      "½",
    ],
    ...[
      "é",
      "e\u0301",
      "世",
      "👩‍👩‍👧",
      "\ud800",
      "\udfff",
      "<|end|>",
      "<|",
      "|>",
      "{",
      '"',
      "very",
      "the",
      "Ġ",
      "Ċ",
      "ÿ",
      "Ā",
    ],
  );

  test("agrees with the published rules of byte-level BPE on any text", () => {
    const anyText = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.array(oddCharacters, { maxLength: 30 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        expect(encode(text)).toEqual(spaced.encode(text));
      }),
      { numRuns: 1500 },
    );
  });
});
