// Bases of another format: read exactly, refused in one line, tuned, and exported again.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Message, TrainingExample } from "../../core/questions.ts";
import type { DecoderConfig } from "../../neural/decoder-config.ts";
import { safetensorsHeader } from "../../neural/safetensors.ts";
import { initialWeights, type Weights } from "../../neural/weights.ts";
import { exportTunedModel } from "../exports/export-tuned-model.ts";
import { probeConversations, probeTexts } from "../exports/probes.ts";
import { readBase } from "./base-model.ts";
import { writeBase, writeDescription } from "./model-files.ts";
import { trainTokenizer } from "./tokenizer.ts";
import { trainEmbedded } from "./train-embedded.ts";
import { openTunedModel } from "./tuned-model.ts";

const words = trainTokenizer([...probeTexts, ...probeTexts], 400);
const config: DecoderConfig = {
  vocabulary: words.vocabulary.length,
  width: 16,
  layers: 2,
  heads: 4,
  keyHeads: 2,
  headSize: 8,
  hidden: 24,
  maximumLength: 256,
  ropeBase: 50_000,
  normEpsilon: 1e-6,
  tied: false,
};
const weights = initialWeights(config, 7);
const engine = { threads: 1 };

let root: string;
let ours: string;
let hub: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "assay-base-"));
  ours = join(root, "ours");
  await writeDescription(ours, { config, tokenizer: words.data, origin: "random" });
  await writeBase(ours, weights);
  hub = join(root, "hub");
  await exportTunedModel({ directory: ours, format: "huggingface", output: hub, engine });
});
afterAll(() => rm(root, { recursive: true }));

/** The exported directory once more, with some files replaced. */
async function changed(name: string, files: Readonly<Record<string, string | Uint8Array | null>>): Promise<string> {
  const directory = join(root, name);
  await cp(hub, directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    if (content === null) await rm(join(directory, file));
    else await writeFile(join(directory, file), content);
  }
  return directory;
}

const json = async (file: string) => JSON.parse(await readFile(join(hub, file), "utf8")) as Record<string, unknown>;
const withConfig = async (name: string, keys: object) =>
  changed(name, { "config.json": JSON.stringify({ ...(await json("config.json")), ...keys }) });

/** As other programs write them: 16 bits a number. */
function narrow(all: Weights, dtype: "F16" | "BF16"): Uint8Array {
  let offset = 0;
  const entries: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const chunks: Uint8Array[] = [];
  for (const [name, { shape, data }] of all) {
    const bits = dtype === "F16" ? new Uint16Array(Float16Array.from(data).buffer) : upperHalves(data);
    entries[name] = { dtype, shape, data_offsets: [offset, offset + bits.byteLength] };
    offset += bits.byteLength;
    chunks.push(new Uint8Array(bits.buffer));
  }
  const header = new TextEncoder().encode(JSON.stringify(entries));
  const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
  return Buffer.concat([length, header, ...chunks]);
}

const upperHalves = (data: Float32Array): Uint16Array =>
  Uint16Array.from(new Uint32Array(data.slice().buffer), (bits) => bits >>> 16);

const wholeFile = (all: Weights): Uint8Array =>
  Buffer.concat([
    safetensorsHeader(all, { format: "pt" }),
    ...[...all.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);

describe("a Llama in a Hugging Face directory", () => {
  test("that Assay exported is the same model again, number for number and token for token", async () => {
    const base = await readBase(hub);
    expect(base.config).toEqual(config);
    expect(base.origin).toEqual({ base: "hub" });
    expect(base.weights).toEqual(weights);
    const { words: own } = await readBase(ours);
    for (const text of probeTexts) expect(base.words.encode(text)).toEqual(own.encode(text));
    for (const [at, conversation] of probeConversations.entries()) {
      const answered: Message[] = [...conversation, { role: "assistant", content: probeTexts.at(-1 - at)! }];
      expect(base.words.encodePrompt(conversation)).toEqual(own.encodePrompt(conversation));
      expect(base.words.encodeExample(answered)).toEqual(own.encodeExample(answered));
      const ids = own.encode(probeTexts[at]!);
      expect(base.words.decode(ids)).toBe(own.decode(ids));
    }
  });

  test.each(["F16", "BF16"] as const)("may hold its numbers in %s", async (dtype) => {
    const base = await readBase(await changed(dtype, { "model.safetensors": narrow(weights, dtype) }));
    for (const [name, { data }] of weights) {
      const read = base.weights.get(name)!.data;
      const exact = dtype === "F16" ? data.map(Math.f16round) : data.map((x) => truncated(x));
      expect(read).toEqual(exact);
    }
  });

  test("may come in shards", async () => {
    const parts = [new Map([...weights].slice(0, 5)), new Map([...weights].slice(5))];
    const places = parts.flatMap((part, at) => [...part.keys()].map((name) => [name, `shard-${at}.safetensors`]));
    const files = {
      "model.safetensors": null,
      "shard-0.safetensors": wholeFile(parts[0]!),
      "shard-1.safetensors": wholeFile(parts[1]!),
    };
    const index = (weightMap: object) => ({
      "model.safetensors.index.json": JSON.stringify({ weight_map: weightMap }),
    });
    const whole = await changed("shards", { ...files, ...index(Object.fromEntries(places)) });
    expect((await readBase(whole)).weights).toEqual(weights);
    const lost = {
      ...Object.fromEntries(places),
      "lm_head.weight": "shard-0.safetensors",
      other: "shard-0.safetensors",
    };
    await expect(readBase(await changed("lost", { ...files, ...index(lost) }))).rejects.toThrow(/names other, which/);
  });

  test("reads what transformers 5 writes: rope_parameters, several ends, a template of its own file, merges as text", async () => {
    const { rope_theta: _, head_dim: __, ...rest } = await json("config.json");
    const rules = (await json("tokenizer.json")) as { model: { merges: string[][] } };
    const { chat_template: template, ...tokenizerConfig } = await json("tokenizer_config.json");
    const directory = await changed("five", {
      "config.json": JSON.stringify({
        ...rest,
        head_dim: 8,
        rope_parameters: { rope_theta: 50_000, rope_type: "default" },
        eos_token_id: [0, 5],
      }),
      "tokenizer.json": JSON.stringify({
        ...rules,
        model: { ...rules.model, merges: rules.model.merges.map((pair) => pair.join(" ")) },
      }),
      "tokenizer_config.json": JSON.stringify({ ...tokenizerConfig, eos_token: { content: "<|end|>" } }),
      "chat_template.jinja": template as string,
    });
    const base = await readBase(directory);
    expect(base.config).toEqual(config);
    expect([0, 5, 6].map(base.words.isEnd)).toEqual([true, true, false]);
    expect(base.words.encode(probeTexts[2]!)).toEqual(words.encode(probeTexts[2]!));
  });

  test("is refused in one line that says why", async () => {
    const rules = (await json("tokenizer.json")) as { model: object; added_tokens: object[] };
    const without = new Map([...weights].filter(([name]) => !name.includes("layers.1.mlp.up_proj")));
    const faults: readonly (readonly [string, string, RegExp])[] = [
      ["arch", await withConfig("arch", { model_type: "gpt2" }), /architecture is gpt2/],
      ["quant", await withConfig("quant", { quantization_config: { bits: 4 } }), /quantised/],
      ["bias", await withConfig("bias", { attention_bias: true }), /biases/],
      ["act", await withConfig("act", { hidden_act: "gelu" }), /activation is gelu/],
      ["rope", await withConfig("rope", { rope_scaling: { rope_type: "llama3" } }), /positions are scaled \(llama3\)/],
      ["window", await withConfig("window", { model_type: "mistral", sliding_window: 64 }), /slides over a window/],
      [
        "shape",
        await withConfig("shape", { intermediate_size: 32 }),
        /is \[24,16\], its configuration wants \[32,16\]/,
      ],
      ["rows", await withConfig("rows", { vocab_size: 300 }), /do not belong together/],
      ["lacks", await changed("lacks", { "model.safetensors": wholeFile(without) }), /lack model.layers.1.mlp.up_proj/],
      ["cut", await changed("cut", { "model.safetensors": wholeFile(weights).subarray(0, 4000) }), /does not fit/],
      ["none", await changed("none", { "model.safetensors": null }), /no model.safetensors/],
      ["words", await changed("words", { "tokenizer.json": null }), /no tokenizer.json/],
      [
        "pieces",
        await changed("pieces", {
          "tokenizer.json": JSON.stringify({ ...rules, model: { ...rules.model, type: "Unigram" } }),
        }),
        /tokenizer is Unigram/,
      ],
    ];
    for (const [, directory, reason] of faults) {
      const refusal = readBase(directory);
      await expect(refusal).rejects.toMatchObject({ code: "bad-config" });
      await expect(refusal).rejects.toThrow(reason);
      await expect(refusal).rejects.toThrow(/^[^\n]+cannot be tuned: [^\n]+$/);
    }
    await expect(readBase(join(root, "nowhere"))).rejects.toMatchObject({ code: "not-found" });
  });

  test("with a tokenizer of more tokens than its embedding has rows is told apart from one of fewer", async () => {
    const rules = (await json("tokenizer.json")) as { model: { vocab: Record<string, number> } };
    const vocab = { ...rules.model.vocab, [`${"x".repeat(40)}`]: config.vocabulary };
    const directory = await changed("more", {
      "tokenizer.json": JSON.stringify({ ...rules, model: { ...rules.model, vocab } }),
    });
    await expect(readBase(directory)).rejects.toThrow(/do not belong together/);
  });
});

const truncated = (value: number): number => {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  return new Float32Array(Uint32Array.of((bits[0]! >>> 16) << 16).buffer)[0]!;
};

describe("tuning it", () => {
  const examples: readonly TrainingExample[] = Array.from({ length: 12 }, (_, at) => ({
    messages: [
      { role: "user", content: `Where is parcel ${at}?` },
      { role: "assistant", content: `{"parcel":${at}}` },
    ],
  }));
  /** The template of many chat models: the mark that ends an answer is not the one that ends a text. */
  const chatMl =
    "{% for m in messages %}{{ '<|user|>' + m['role'] + '\\n' + m['content'] + '<|end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|user|>assistant\\n' }}{% endif %}";

  test("trains an adapter by the base's own template, remembers where it came from, and exports it whole", async () => {
    const base = await changed("chat", {
      "tokenizer_config.json": JSON.stringify({ ...(await json("tokenizer_config.json")), chat_template: chatMl }),
    });
    const directory = join(root, "tuned");
    const options = {
      examples,
      heldOut: [],
      directory,
      seed: 1,
      method: "lora",
      base,
      budget: { steps: 8 },
      engine,
    } as const;
    const report = await trainEmbedded(options);
    expect(report).toMatchObject({ origin: { base: "chat" }, steps: 8 });
    expect(report.trainableParameters).toBeLessThan(report.parameters / 2);
    const model = await openTunedModel(directory, { engine });
    expect(model).toMatchObject({ label: "tuned from chat on your examples", followsInstructions: true });
    const prompt = { instructions: "", examples: [], passages: [], question: "Where is parcel 3?" };
    expect((await model.generate(prompt, { maxOutputTokens: 4 })).usage[0]).toMatchObject({ outputTokens: 4 });
    await model.close();
    for (const format of ["peft", "huggingface", "gguf", "gguf-lora"] as const) {
      const output = join(root, `out-${format}`);
      const { check, note } = await exportTunedModel({ directory, format, output, engine });
      expect(check.largestDifference).toBeLessThan(1e-4);
      expect(check.texts).toBe(probeTexts.length);
      expect(note).toBe("Tuned by Assay from chat.");
    }
    const whole = await readBase(join(root, "out-huggingface"));
    expect(whole.words.encodePrompt(examples[0]!.messages.slice(0, 1))).toEqual(
      (await readBase(base)).words.encodePrompt(examples[0]!.messages.slice(0, 1)),
    );
    const again = await trainEmbedded({
      ...options,
      base: undefined as never,
      from: directory,
      directory: join(root, "more"),
    });
    expect(again.origin).toEqual({ base: "chat" });
  }, 60_000);

  test("by another rule of splitting exports everywhere but to GGUF", async () => {
    const rules = await json("tokenizer.json");
    const split = {
      type: "Sequence",
      pretokenizers: [{ type: "Digits", individual_digits: true }, rules["pre_tokenizer"]],
    };
    const base = await changed("digits", { "tokenizer.json": JSON.stringify({ ...rules, pre_tokenizer: split }) });
    const directory = join(root, "tuned-digits");
    await trainEmbedded({
      examples,
      heldOut: [],
      directory,
      seed: 1,
      method: "full",
      base,
      budget: { steps: 1 },
      engine,
    });
    const { check } = await exportTunedModel({
      directory,
      format: "huggingface",
      output: join(root, "digits-out"),
      engine,
    });
    expect(check).toMatchObject({ texts: 0, prompts: 20 });
    await expect(
      exportTunedModel({ directory, format: "gguf", output: join(root, "digits-gguf"), engine }),
    ).rejects.toMatchObject({ code: "bad-usage" });
  }, 60_000);

  test("learns exactly what the assistant says, by any template", async () => {
    const base = await changed("learns", {
      "tokenizer_config.json": JSON.stringify({ ...(await json("tokenizer_config.json")), chat_template: chatMl }),
    });
    const { words: chat } = await readBase(base);
    const talk: readonly Message[] = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "One?" },
      { role: "assistant", content: "Two." },
      { role: "user", content: "<|end|> hidden <|user|>" },
      { role: "assistant", content: "Three." },
    ];
    const { ids, answers } = chat.encodeExample(talk);
    const learnt = answers.map((at) => ids[at + 1]!);
    expect(chat.decode(learnt)).toBe("Two.Three.");
    expect(learnt.filter(chat.isEnd)).toHaveLength(2);
    // Five messages, five ends: the ones a user spelled are text.
    expect(ids.filter(chat.isEnd)).toHaveLength(5);
    expect(chat.decode(ids)).toContain("<|end|> hidden <|user|>");
    expect(chat.encodePrompt(talk.slice(0, 4))).toEqual(
      ids.slice(0, answers.at(-1)! - chat.encode("Three.").length + 1),
    );
  });

  test("without a chat template it converses in plain words", async () => {
    const { chat_template: _, ...rest } = await json("tokenizer_config.json");
    const base = await changed("plain", { "tokenizer_config.json": JSON.stringify(rest) });
    const { words: chat } = await readBase(base);
    const prompt = chat.encodePrompt([{ role: "user", content: "One?" }]);
    expect(chat.decode(prompt)).toBe("user: One?\nassistant: ");
    const { ids, answers } = chat.encodeExample([
      { role: "user", content: "One?" },
      { role: "assistant", content: "Two." },
    ]);
    expect(ids.slice(0, prompt.length)).toEqual(prompt);
    expect(chat.isEnd(ids[answers.at(-1)! + 1]!)).toBe(true);
  });
});
