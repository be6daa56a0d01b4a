// Compares what was read back from an export with the model it came from: every tensor bit for bit, every probe text id for id, and
// the logits of a second, independent forward pass with those of the engine that serves. Throws at the first difference.
import { AssayError } from "../../core/errors.ts";
import type { DecoderConfig } from "../../neural/decoder-config.ts";
import type { Weights } from "../../neural/weights.ts";
import type { ChatTokenizer } from "../embedded/chat-tokenizer.ts";
import type { LlamaAsRead, LowRank, Matrix, TokenizerAsRead } from "../formats/llama-as-read.ts";
import { probeTexts } from "./probes.ts";
import { byteLevelEncoder } from "./read-back/byte-level-rules.ts";
import { forward } from "./read-back/forward.ts";
import { highest, type ServedReading } from "./served-readings.ts";

/**
 * The largest difference of any logit, as a share of the largest logit beside it, that still counts as the same model. Float32
 * engines stray from float64 by 1e-6 to 1e-4 of it; a wrong layout, by more than a tenth.
 */
export const allowedDifference = 1e-3;

export type LogitCheck = {
  readonly prompts: number;
  /** Positions whose logits were compared. */
  readonly positions: number;
  /** As a share of the largest logit of its position. */
  readonly largestDifference: number;
};

export function checkFailure(what: string, cause?: unknown): AssayError {
  return new AssayError({
    code: "internal",
    message: `the export is not the model that was tuned: ${what}; nothing was exported`,
    remedy: "assay tune export (again; a second failure is a fault of the disk or of Assay)",
    cause,
  });
}

/** How many texts were tokenized alike: none where only the engine itself knows the base's rule, whose files went on unchanged. */
export function checkTokenizer(words: ChatTokenizer, read: TokenizerAsRead): number {
  const { tables } = words;
  if (`${read.vocabulary.slice(0, tables.vocabulary.length)}` !== `${tables.vocabulary}`)
    throw checkFailure("its vocabulary differs");
  if (read.endId !== tables.endId) throw checkFailure("its end mark differs");
  if (read.chatTemplate !== tables.chatTemplate) throw checkFailure("its chat template differs");
  if (!words.splitsLikeGpt2) return 0;
  const encode = byteLevelEncoder(read);
  for (const text of probeTexts) {
    const [ours, theirs] = [words.encode(text), encode(text)];
    if (`${ours}` !== `${theirs}`) {
      throw checkFailure(`${JSON.stringify(text)} has the tokens [${theirs}] there and [${ours}] here`);
    }
  }
  return probeTexts.length;
}

const sizes = [
  ...(["vocabulary", "width", "hidden", "layers", "heads", "keyHeads", "headSize"] as const),
  ...(["maximumLength", "ropeBase", "normEpsilon", "tied"] as const),
] as const satisfies readonly (keyof DecoderConfig)[];

export function checkShape(read: LlamaAsRead, config: DecoderConfig): void {
  for (const key of sizes) {
    // GGUF keeps its fractions in float32.
    if (Math.fround(Number(read[key])) !== Math.fround(Number(config[key])))
      throw checkFailure(`its ${key} is ${read[key]} instead of ${config[key]}`);
  }
}

/** `weights` as they should stand in the file: rounded, where it is to be rounded. */
export function checkTensors(read: LlamaAsRead, weights: Weights): void {
  if (read.tensors.size !== weights.size) throw checkFailure(`it has ${read.tensors.size} tensors of ${weights.size}`);
  for (const [name, { data }] of weights) sameMatrix(read, name, read.tensors.get(name), data);
}

export function checkAdapters(read: LlamaAsRead["adapters"], layout: LlamaAsRead, weights: Weights): void {
  if (2 * read.size !== weights.size) throw checkFailure(`it adapts ${read.size} matrices of ${weights.size / 2}`);
  for (const [name, { data }] of weights) {
    const [, matrix, part] = /^(.+)\.lora_([AB])\.weight$/.exec(name)!;
    const low: LowRank | undefined = read.get(matrix!);
    // Only the rows of `up` are rows of the adapted matrix and move with it.
    if (part === "A") sameMatrix({ ...layout, turning: "halves" }, name, low?.down, data);
    else sameMatrix(layout, name, low?.up, data);
  }
}

function sameMatrix(
  { turning, headSize }: LlamaAsRead,
  name: string,
  read: Matrix | undefined,
  data: Float32Array,
): void {
  if (!read || read.data.length !== data.length) throw checkFailure(`${name} is missing or has another size`);
  const isTurned = turning === "neighbours" && /\.(q_proj|k_proj)\./.test(name);
  const { columns } = read;
  for (let row = 0; row < read.rows; row++) {
    // The row of the file's head that turns as pair `within >> 1`, first or second, is this row of ours.
    const within = row % headSize;
    const ours = isTurned ? row - within + (within >> 1) + (within & 1) * (headSize / 2) : row;
    for (let column = 0; column < columns; column++) {
      if (!Object.is(read.data[row * columns + column], data[ours * columns + column]))
        throw checkFailure(`${name} has other numbers`);
    }
  }
}

export function checkLogits(read: LlamaAsRead, served: readonly ServedReading[]): LogitCheck {
  let largestDifference = 0;
  let positions = 0;
  for (const [prompt, { ids, from, logits }] of served.entries()) {
    for (const [at, theirs] of forward(read, ids, from).entries()) {
      const difference = furthest(theirs, logits[at]!) / Math.max(1, ...logits[at]!.map(Math.abs));
      if (!(difference <= allowedDifference)) {
        throw checkFailure(
          `logits of probe ${prompt + 1} differ by ${difference.toPrecision(2)} (allowed: ${allowedDifference})`,
        );
      }
      largestDifference = Math.max(largestDifference, difference);
      positions += 1;
    }
  }
  return { prompts: served.length, positions, largestDifference };
}

/** How far rounding moved the model, in logits of the first new token and in whole continuations: compared, not judged. */
export function roundingEffect(
  rounded: readonly ServedReading[],
  exact: readonly ServedReading[],
): { readonly largestDifference: number; readonly sameGreedyPrompts: number } {
  const pairs = rounded.map((reading, at) => [reading, exact[at]!] as const);
  return {
    largestDifference: Math.max(...pairs.map(([a, b]) => furthest(a.logits[0]!, b.logits[0]!))),
    sameGreedyPrompts: pairs.filter(
      ([a, b]) => `${a.ids}` === `${b.ids}` && highest(a.logits.at(-1)!) === highest(b.logits.at(-1)!),
    ).length,
  };
}

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let at = 0; at < a.length; at++) {
    const difference = Math.abs(a[at]! - b[at]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
