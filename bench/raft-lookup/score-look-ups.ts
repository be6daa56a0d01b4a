// How well a trained model looks up: greedy answers, counted word for word. Knows nothing of how it was trained.
import { isDecline } from "../../src/approaches/decline.ts";
import { type Generator, openGenerator } from "../../src/neural/generator.ts";
import { openEngine } from "../../src/neural/onnx-engine.ts";
import { random } from "../../src/neural/random.ts";
import type { RaftExample } from "../../src/tuning/data/raft.ts";
import { generateTokens } from "../../src/tuning/embedded/generate-tokens.ts";
import { effectiveWeights, type ModelOnDisk, readModel } from "../../src/tuning/embedded/model-files.ts";

export type LookUpScore = {
  /** With the passage asked for: quoted word for word and cited by its number. */
  readonly exact: number;
  /** The same, whatever number is cited. */
  readonly copied: number;
  readonly wronglyDeclined: number;
  readonly withOracle: number;
  /** Without it. */
  readonly declined: number;
  readonly withoutOracle: number;
};

const mostTokens = 40;

export async function scoreLookUps(directory: string, tests: readonly RaftExample[]): Promise<LookUpScore> {
  const found = await readModel(directory);
  const generator = await openGenerator(await openEngine(), found.config, effectiveWeights(found));
  const answers: { readonly example: RaftExample; readonly text: string }[] = [];
  for (const example of tests) answers.push({ example, text: await answerTo(found, generator, example) });
  await generator.close();
  const count = (holds: (example: RaftExample, text: string) => boolean) =>
    answers.filter(({ example, text }) => holds(example, text)).length;
  const hasOracle = ({ oracle }: RaftExample) => oracle !== null;
  return {
    exact: count((example, text) => hasOracle(example) && text === example.messages.at(-1)!.content),
    copied: count((example, text) => hasOracle(example) && text.startsWith(`"${example.pair.answer}"`)),
    wronglyDeclined: count((example, text) => hasOracle(example) && isDecline(text)),
    withOracle: count(hasOracle),
    declined: count((example, text) => !hasOracle(example) && isDecline(text)),
    withoutOracle: count((example) => !hasOracle(example)),
  };
}

async function answerTo({ words }: ModelOnDisk, generator: Generator, { messages }: RaftExample): Promise<string> {
  const prompt = words.encodePrompt(messages.slice(0, -1));
  const sampling = { temperature: 0, chance: random(0) };
  const ids: number[] = [];
  for await (const id of generateTokens(generator, { prompt, isEnd: words.isEnd, mostTokens, sampling })) ids.push(id);
  return words.decode(ids);
}
