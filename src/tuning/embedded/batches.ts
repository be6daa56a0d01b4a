// Which examples go into which step: shuffled by seed and epoch, alike in length, within a token budget. No state: a position
// in training is an epoch and a number of batches, so a resumed run meets the same batches.
import { random, shuffled } from "../../neural/random.ts";
import type { EncodedExample } from "./chat-template.ts";

export type Batch = readonly EncodedExample[];

/** Lengths are rounded up to a multiple of this, so that few shapes occur. */
const lengthStep = 16;

/** Sorted by length within this many batches' worth of examples: little padding, and still a fresh mixture each epoch. */
const sortWindow = 40;

export const paddedLength = (examples: Batch): number =>
  Math.ceil(Math.max(...examples.map(({ ids }) => ids.length)) / lengthStep) * lengthStep;

/** Every example once. A batch holds at most `tokens` tokens, padding included, and at least one example. */
export function epochBatches(
  examples: readonly EncodedExample[],
  options: { readonly tokens: number; readonly seed: number; readonly epoch: number },
): readonly Batch[] {
  const chance = random(options.seed * 1_000_003 + options.epoch);
  const order = shuffled(examples, chance);
  const meanLength = order.reduce((sum, { ids }) => sum + ids.length, 0) / Math.max(1, order.length);
  const window = Math.max(1, Math.floor((sortWindow * options.tokens) / Math.max(1, meanLength)));
  const batches: Batch[] = [];
  for (let from = 0; from < order.length; from += window) {
    batches.push(...cut(order.slice(from, from + window), options.tokens));
  }
  return shuffled(batches, chance);
}

/** In the given order of length, longest last. */
function cut(examples: readonly EncodedExample[], tokens: number): readonly Batch[] {
  const batches: EncodedExample[][] = [];
  let current: EncodedExample[] = [];
  for (const example of examples.toSorted((a, b) => a.ids.length - b.ids.length)) {
    if (current.length > 0 && paddedLength([example]) * (current.length + 1) > tokens) {
      batches.push(current);
      current = [];
    }
    current.push(example);
  }
  if (current.length > 0) batches.push(current);
  return batches;
}

/** For held-out loss: every example once, in order of length. */
export const heldOutBatches = (examples: readonly EncodedExample[], tokens: number): readonly Batch[] =>
  cut(examples, tokens);
