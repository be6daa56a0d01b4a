// The files of a natural language inference model in the folder layout of Transformers.js. Reads and checks; runs nothing.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AssayError } from "../../core/errors.ts";

export type NliLabel = "entailment" | "neutral" | "contradiction";

export type NliFolder = {
  readonly model: Uint8Array;
  /** SHA-256 of the model's file. */
  readonly modelHash: string;
  readonly tokenizer: object;
  readonly tokenizerConfig: object;
  /** Column of each label in the model's output. */
  readonly columns: Readonly<Record<NliLabel, number>>;
  /** Most tokens of premise and hypothesis together, special tokens included. */
  readonly maximumTokens: number;
};

const labels = ["entailment", "neutral", "contradiction"] as const;
const configShape = z.object({
  id2label: z.record(z.string(), z.string()),
  max_position_embeddings: z.int().min(8).optional(),
});
const tokenizerConfigShape = z.looseObject({ model_max_length: z.number().optional() });
const usualMaximumTokens = 512;

/** Throws `AssayError` `not-found` for a missing file and `bad-input` for one that is of another kind. */
export async function readNliFolder(directory: string): Promise<NliFolder> {
  const config = await readJson(directory, "config.json", configShape);
  const columns = columnsOf(directory, config.id2label);
  const tokenizer = await readJson(directory, "tokenizer.json", z.looseObject({ model: z.looseObject({}) }));
  const tokenizerConfig = await readJson(directory, "tokenizer_config.json", tokenizerConfigShape);
  const model = await readBytes(directory, join("onnx", "model.onnx"));
  const maximumTokens = Math.min(
    config.max_position_embeddings ?? usualMaximumTokens,
    tokenizerConfig.model_max_length ?? usualMaximumTokens,
  );
  const modelHash = createHash("sha256").update(model).digest("hex");
  return { model, modelHash, tokenizer, tokenizerConfig, columns, maximumTokens };
}

function columnsOf(directory: string, names: Readonly<Record<string, string>>): NliFolder["columns"] {
  const column = new Map(Object.entries(names).map(([at, name]) => [name.toLowerCase(), Number(at)]));
  const [entailment, neutral, contradiction] = labels.map((label) => column.get(label));
  if (entailment !== undefined && neutral !== undefined && contradiction !== undefined) {
    return { entailment, neutral, contradiction };
  }
  throw new AssayError({
    code: "bad-input",
    message: `${join(directory, "config.json")}: id2label names ${[...column.keys()].join(", ") || "nothing"}, not ${labels.join(", ")}`,
    remedy: "name the folder of a natural language inference model",
  });
}

async function readJson<T>(directory: string, file: string, shape: z.ZodType<T>): Promise<T> {
  const text = new TextDecoder().decode(await readBytes(directory, file));
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new AssayError({
      code: "bad-input",
      message: `${join(directory, file)}: not the ${file} of a natural language inference model`,
      remedy: "export the model again in the folder layout of Transformers.js",
      cause,
    });
  }
}

async function readBytes(directory: string, file: string): Promise<Uint8Array> {
  return readFile(join(directory, file)).catch((cause: unknown) => {
    throw new AssayError({
      code: "not-found",
      message: `${join(directory, file)}: cannot be read`,
      remedy:
        "name a folder with config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx in evaluation.judge: nli/DIR",
      cause,
    });
  });
}
