// The examples of a job as the file that a provider takes: named by its content, and checked by the provider's own rules before
// anything is uploaded.
import { AssayError } from "../../core/errors.ts";
import { contentHash } from "../../core/hash.ts";
import type { TuningExample, TuningJob } from "../../core/training.ts";
import type { ExampleRow } from "../data/example-row.ts";
import { exportRow, fewestExamples } from "../data/export-formats.ts";
import { tokensOf } from "../data/token-sizes.ts";

export type DatasetFile = {
  /** Equal content has equal names, so that an earlier upload is recognised. */
  readonly name: string;
  readonly hash: string;
  readonly text: string;
  readonly bytes: number;
  readonly examples: number;
  /** By the fixed counter, not the provider's own. */
  readonly tokens: number;
};

export type HostedFormat = "openai" | "together" | "fireworks";

/** A provider's rules for files. */
export type FileRules = {
  readonly format: HostedFormat;
  readonly label: string;
  readonly mostExamples?: number;
  readonly mostBytes: number;
};

export type DatasetFiles = { readonly training: DatasetFile; readonly validation: DatasetFile | null };

/** Throws `AssayError` `bad-examples` naming what the provider would refuse. */
export function datasetFiles({ examples, heldOut }: TuningJob, rules: FileRules): DatasetFiles {
  checkCount(examples.length, heldOut.length, rules);
  return {
    training: fileOf(examples, "training", rules),
    validation: heldOut.length === 0 ? null : fileOf(heldOut, "held-out", rules),
  };
}

function checkCount(count: number, heldOut: number, { format, label, mostExamples = Infinity }: FileRules): void {
  const fewest = fewestExamples[format];
  if (count >= fewest && count <= mostExamples) return;
  const held = heldOut > 0 ? `, beside ${heldOut} that are held out` : "";
  throw new AssayError({
    code: "bad-examples",
    message:
      count < fewest
        ? `${label} trains on no fewer than ${fewest} examples, and there are ${count}${held}`
        : `${label} trains on at most ${mostExamples} examples, and there are ${count}`,
    remedy:
      count < fewest
        ? "add examples, or have some drafted: assay data synthesize; 50 to 100 usually show an effect"
        : "split the file: assay data split",
  });
}

function fileOf(
  examples: readonly TuningExample[],
  part: string,
  { format, label, mostBytes }: FileRules,
): DatasetFile {
  const rows = examples.map(rowOf);
  const lines = rows.flatMap((row) => {
    const exported = exportRow(row, format);
    if ("refused" in exported) throw refused(label, part, row.line, exported.refused);
    return exported.rows.map((line) => JSON.stringify(line));
  });
  const text = lines.map((line) => `${line}\n`).join("");
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytes) {
    throw new AssayError({
      code: "bad-examples",
      message: `the ${part} examples are ${bytes} bytes, and ${label} takes at most ${mostBytes} in one file`,
      remedy: "take fewer examples: assay data split",
    });
  }
  const hash = contentHash(text).slice(0, 16);
  const tokens = rows.reduce((sum, row) => sum + tokensOf(row), 0);
  return { name: `assay-${hash}.jsonl`, hash, text, bytes, examples: examples.length, tokens };
}

function rowOf(example: TuningExample, place: number): ExampleRow {
  if (!("preferred" in example)) return { kind: "chat", line: place + 1, messages: example.messages };
  const { messages, preferred, rejected } = example;
  return { kind: "preference", line: place + 1, messages, preferred, rejected };
}

const refused = (label: string, part: string, place: number, why: string): AssayError =>
  new AssayError({
    code: "bad-examples",
    message: `${part} example ${place}: ${why}`,
    remedy: `${label} would refuse the file: correct the example, or train elsewhere`,
  });

/** As forms carry a file, beside their other fields. */
export function formWith(file: DatasetFile, fields: Readonly<Record<string, string>> = {}): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([file.text], { type: "application/jsonl" }), file.name);
  return form;
}

/** `what`: the file as its provider calls it. `reason`: the provider's own, if it gave one. */
export const refusedFile = (label: string, what: string, reason: string | null): AssayError =>
  new AssayError({
    code: "bad-examples",
    message: `${label} refuses ${what}: ${reason ?? "it gives no reason"}`,
    remedy: "assay data check, correct the examples, then: assay tune",
  });
