// A model and an adapter on it, trained in under a minute on rows made here, so that greedy answers are decided and not a tie.
import { join } from "node:path";
import type { Message, TrainingExample } from "../../src/core/questions.ts";
import { random } from "../../src/neural/random.ts";
import { trainEmbedded } from "../../src/tuning/embedded/train-embedded.ts";

const tides = ["spring tide", "neap tide", "high water", "low water", "slack water"];
const places = ["the harbour", "Nørre Quay", "the lighthouse", "pier 7", "the slipway", "Østby", "the breakwater"];
const asks = [
  "When is {t} at {p}?",
  "Tell me about {t} near {p}, please.",
  "{p}: {t}?",
  "I'd like the {t} times for {p}!",
];

type Ask = { readonly text: string; readonly tide: string; readonly place: string };

function everyAsk(): readonly Ask[] {
  return asks.flatMap((ask) =>
    tides.flatMap((tide) =>
      places.map((place) => ({ text: ask.replace("{t}", tide).replace("{p}", place), tide, place })),
    ),
  );
}

const conversation = (text: string): readonly Message[] => [
  { role: "system", content: "Turn the request into JSON." },
  { role: "user", content: text },
];

const rows = (asked: readonly Ask[], answer: (ask: Ask) => string): readonly TrainingExample[] =>
  asked.map((ask) => ({ messages: [...conversation(ask.text), { role: "assistant", content: answer(ask) }] }));

const asJson = ({ tide, place }: Ask) => JSON.stringify({ intent: "tide", event: tide, place });
const inWords = ({ tide, place }: Ask) => `${place} , ${tide} ! 's OK .`;

export type ParityExamples = {
  /** Answered in JSON: what a base learns. */
  readonly inJson: readonly TrainingExample[];
  /** The same requests answered in words: what an adapter on that base learns. */
  readonly inWords: readonly TrainingExample[];
  /** Conversations like those trained on, none of them seen. */
  readonly unseen: readonly (readonly Message[])[];
};

export function parityExamples(): ParityExamples {
  const { next } = random(11);
  const mixed = everyAsk()
    .map((ask) => [next(), ask] as const)
    .sort(([a], [b]) => a - b)
    .map(([, ask]) => ask);
  const [seen, unseen] = [mixed.slice(20), mixed.slice(0, 20)];
  return {
    inJson: rows(seen, asJson),
    inWords: rows(seen, inWords),
    unseen: unseen.map(({ text }) => conversation(text)),
  };
}

const common = { heldOut: [], seed: 1 };

export async function trainParityBase(directory: string, { inJson }: ParityExamples): Promise<void> {
  await trainEmbedded({ ...common, directory, method: "full", examples: inJson, budget: { steps: 200 } });
}

export type ParityModels = {
  readonly full: string;
  readonly adapted: string;
  readonly unseen: ParityExamples["unseen"];
};

/** The adapter answers in words what its base answers in JSON, so that on and off differ in every answer. */
export async function trainParityModels(directory: string): Promise<ParityModels> {
  const examples = parityExamples();
  const full = join(directory, "full");
  const adapted = join(directory, "adapted");
  await trainParityBase(full, examples);
  await trainEmbedded({
    ...common,
    directory: adapted,
    method: "lora",
    base: full,
    examples: examples.inWords,
    budget: { steps: 120 },
  });
  return { full, adapted, unseen: examples.unseen };
}
