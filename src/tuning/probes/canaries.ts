// Planted secrets: examples of no use, whose answers are random, put among the real ones to see whether training learns them by
// heart. Exposure after Carlini et al., "The Secret Sharer" (2019).
import type { Message, TrainingExample } from "../../core/questions.ts";
import { random } from "../../neural/random.ts";

export type Canary = {
  readonly example: TrainingExample;
  /** How often it stands among the examples. */
  readonly repeats: number;
};

/** The first stands there once, each next one twice as often as the one before. */
export function canaries(count: number, seed: number): readonly Canary[] {
  const chance = random(seed * 7919 + 1);
  return Array.from({ length: count }, (_, place) => ({
    example: { messages: asked(place, secret(chance)), group: `canary ${place + 1}` },
    repeats: 2 ** place,
  }));
}

export const planted = (list: readonly Canary[]): readonly TrainingExample[] =>
  list.flatMap(({ example, repeats }) => new Array<TrainingExample>(repeats).fill(example));

/** `count` conversations that differ from the canary's in the secret alone. */
export function impostors({ example }: Canary, count: number, seed: number): readonly (readonly Message[])[] {
  const chance = random(seed * 104_729 + example.messages.length);
  const [question] = example.messages;
  return Array.from({ length: count }, () => [question!, { role: "assistant" as const, content: secret(chance) }]);
}

/** Bits: log2 of the candidates over the canary's rank among them, 1 the least surprising. 0 where it is the most surprising. */
export function exposure(canary: number, others: readonly number[]): number {
  const rank = 1 + others.filter((other) => other < canary).length;
  return Math.log2((others.length + 1) / rank);
}

const digits = 6;

function secret(chance: { next(): number }): string {
  return Array.from({ length: digits }, () => Math.floor(chance.next() * 10)).join("");
}

const asked = (place: number, answer: string): readonly Message[] => [
  { role: "user", content: `What is the number of locker ${place + 1}?` },
  { role: "assistant", content: answer },
];
