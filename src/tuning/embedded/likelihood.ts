// How likely a tuned model finds given answers, and how it goes on with a given beginning: for probes of what it has memorised and
// what it has forgotten.
import type { Message } from "../../core/questions.ts";
import { type Generator, openGenerator } from "../../neural/generator.ts";
import { openEngine } from "../../neural/onnx-engine.ts";
import { random } from "../../neural/random.ts";
import { readBase } from "./base-model.ts";
import { generateTokens } from "./generate-tokens.ts";
import { readHubTuned, readTuned } from "./hub-tuned-model.ts";
import { effectiveWeights, type ModelOnDisk } from "./model-files.ts";

export type Likelihood = {
  /** Mean surprise in nats over the tokens that the assistant says; null for a conversation longer than the model takes. */
  loss(messages: readonly Message[]): Promise<number | null>;
  /** The sum instead of the mean. */
  surprise(messages: readonly Message[]): Promise<number | null>;
  /** The likeliest end of an answer that begins as given, after `messages`; at most as long as `example`, and a few tokens more. */
  continued(messages: readonly Message[], beginning: string, example: string): Promise<string>;
  close(): Promise<void>;
};

/** A tuned model, or a base that can be tuned. Throws `AssayError` where the directory holds neither. */
export async function openLikelihood(directory: string): Promise<Likelihood> {
  const found = readHubTuned(directory) ? await readTuned(directory) : await readBase(directory);
  const generator = await openGenerator(await openEngine(), found.config, effectiveWeights(found));
  const surprises = async (messages: readonly Message[]): Promise<readonly number[] | null> => {
    const { ids, answers } = found.words.encodeExample(messages);
    return ids.length > found.config.maximumLength ? null : surprisesAt(generator, ids, answers);
  };
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    async loss(messages) {
      const values = await surprises(messages);
      return values && sum(values) / Math.max(1, values.length);
    },
    async surprise(messages) {
      const values = await surprises(messages);
      return values && sum(values);
    },
    continued: (messages, beginning, example) => {
      const prompt = [...found.words.encodePrompt(messages), ...found.words.encode(beginning)];
      const mostTokens = found.words.encode(example).length + fewTokens;
      return continuation(generator, found, { prompt, mostTokens });
    },
    close: () => generator.close(),
  };
}

/** What else may stand between a beginning and what is looked for: a blank, a quotation mark. */
const fewTokens = 4;

async function continuation(
  generator: Generator,
  { words, config }: ModelOnDisk,
  { prompt, mostTokens }: { readonly prompt: readonly number[]; readonly mostTokens: number },
): Promise<string> {
  if (prompt.length + mostTokens > config.maximumLength) return "";
  const sampling = { temperature: 0, chance: random(0) };
  const ids: number[] = [];
  const request = { prompt, mostTokens, isEnd: words.isEnd, sampling };
  for await (const id of generateTokens(generator, request)) ids.push(id);
  return words.decode(ids);
}

/** −log p of the token after each position of `answers`. */
async function surprisesAt(
  generator: Generator,
  ids: readonly number[],
  answers: readonly number[],
): Promise<readonly number[]> {
  const values: number[] = [];
  let memory = generator.start;
  for (const at of answers) {
    const read = await generator.read(memory, ids.slice(memory.length, at + 1));
    memory = read.memory;
    values.push(surpriseOf(read.logits, ids[at + 1]!));
  }
  return values;
}

function surpriseOf(logits: Float32Array, id: number): number {
  const top = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
  return Math.log(total) + top - logits[id]!;
}
