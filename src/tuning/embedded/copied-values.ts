// Teaches copying: where a JSON answer repeats words of its question, both sides are given other words now and then. A small model
// learns to look a value up in the question instead of remembering those it has seen. Examples without such values stay as they are.
import type { Json } from "../../core/json.ts";
import type { Message, TrainingExample } from "../../core/questions.ts";
import type { Random } from "../../neural/random.ts";

/** A string of the answer that its question holds word for word. `path` names its place: values of one place are alike. */
type CopiedValue = { readonly path: string; readonly value: string };

const shortestValue = 2;
/** Of the replacements: the rest are values of other examples at the same place. */
const inventedShare = 0.5;
const syllables =
  "ba be bo da di du fe fo ga gi ka ko la le lo ma mi mo na ne no pa pe ra ri ro sa se su ta ti to va vi wo za".split(
    " ",
  );

export type ValueSwapper = (example: TrainingExample, chance: Random) => TrainingExample;

/** Undefined where no example copies anything. */
export function valueSwapper(examples: readonly TrainingExample[]): ValueSwapper | undefined {
  const pools = new Map<string, string[]>();
  for (const example of examples) {
    for (const { path, value } of copiedValues(example)) {
      const pool = pools.get(path) ?? [];
      pools.set(path, pool);
      pool.push(value);
    }
  }
  if (pools.size === 0) return undefined;
  return (example, chance) =>
    copiedValues(example).reduce((changed, { path, value }) => {
      const other = chance.next() < inventedShare ? invented(value, chance) : pick(pools.get(path) ?? [value], chance);
      return swapped(changed, value, other);
    }, example);
}

const pick = <T>(items: readonly T[], chance: Random): T => items[Math.floor(chance.next() * items.length)]!;

/** Made-up words, as many as `value` has and capitalised alike. */
function invented(value: string, chance: Random): string {
  return value
    .split(" ")
    .map((word) => {
      const made = Array.from({ length: 1 + Math.floor(chance.next() * 3) }, () => pick(syllables, chance)).join("");
      return /^\p{Lu}/u.test(word) ? made[0]!.toUpperCase() + made.slice(1) : made;
    })
    .join(" ");
}

function questionAndAnswer({
  messages,
}: TrainingExample): { readonly question: Message; readonly answer: Message } | undefined {
  const [question, answer] = messages.slice(-2);
  return question?.role === "user" && answer?.role === "assistant" ? { question, answer } : undefined;
}

function copiedValues(example: TrainingExample): readonly CopiedValue[] {
  const turn = questionAndAnswer(example);
  if (!turn) return [];
  return leaves(parsed(turn.answer.content), "").filter(
    ({ value }) =>
      value.length >= shortestValue &&
      occurrences(turn.question.content, value) === 1 &&
      turn.answer.content.split(JSON.stringify(value)).length === 2,
  );
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function leaves(value: Json, path: string): readonly CopiedValue[] {
  if (typeof value === "string") return [{ path, value }];
  if (typeof value !== "object" || value === null) return [];
  // All items of a list are alike; an object's members are told apart by name.
  if (Array.isArray(value)) return value.flatMap((item: Json) => leaves(item, path));
  return Object.entries(value).flatMap(([key, member]) => leaves(member, `${path}/${key}`));
}

/** As whole words. */
const asWords = (value: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(value)}(?![\\p{L}\\p{N}])`, "gu");

const occurrences = (text: string, value: string): number => [...text.matchAll(asWords(value))].length;

/** Left alone where an earlier swap made the value ambiguous. */
function swapped(example: TrainingExample, value: string, other: string): TrainingExample {
  const { question, answer } = questionAndAnswer(example)!;
  const parts = answer.content.split(JSON.stringify(value));
  if (occurrences(question.content, value) !== 1 || parts.length !== 2) return example;
  const asked = { ...question, content: question.content.replace(asWords(value), () => other) };
  const answered = { ...answer, content: parts.join(JSON.stringify(other)) };
  return { messages: [...example.messages.slice(0, -2), asked, answered] };
}
