// What a tuned model does where no held-out question looks: over-fitting, format, strange inputs, memory, forgetting. Measured once
// per model, kept as a stage.

import { isDecline } from "../../approaches/decline.ts";
import { lastAssistantText, lastUserText } from "../../approaches/training-turns.ts";
import type { TuningProbe, TuningReport } from "../../core/comparison.ts";
import type { ChatModel } from "../../core/models.ts";
import type { Progress } from "../../core/progress.ts";
import { asConversation } from "../../core/questions.ts";
import type { TuningExample } from "../../core/training.ts";
import { hasShapeOf, jsonOf } from "../../tuning/probes/json-shape.ts";
import { strangeInputs } from "../../tuning/probes/strange-inputs.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { findTrainer } from "../wiring/wire-trainers.ts";
import { extractionProbes } from "./extraction-probes.ts";
import { forgettingProbes } from "./forgetting-probes.ts";
import { memoryProbes } from "./memory-probes.ts";
import { modelDirectory } from "./tune-run.ts";
import type { TunedModels } from "./tuned-models.ts";
import { readStoredExamples, type StoredExamples, type TuningRecord } from "./tuning-records.ts";

/** Raised whenever a probe would measure something else. */
const version = "2";
/** Examples asked per probe: enough to see a gap, few enough to take seconds. */
const mostAsked = 25;
const samples = 4;

export type TuningReportInput = {
  readonly tuned: TunedModels;
  /** The approaches that were measured. */
  readonly ran: readonly { readonly name: string }[];
  readonly progress: Progress;
};

/** Undefined where none was measured, and for a model that was tuned elsewhere: nobody here saw its training. */
export async function tuningReport(
  context: ProjectContext,
  { tuned, ran, progress }: TuningReportInput,
): Promise<TuningReport | undefined> {
  const generator = tuned.forMethod("sft");
  // A hybrid that fills slots has another model.
  const backed = generator?.reads ? ["fine-tuned", "hybrid"] : ["fine-tuned"];
  const approaches = ran.map(({ name }) => name).filter((name) => backed.includes(name));
  if (!generator?.tuning || approaches.length === 0) return undefined;
  const { tuning, model } = generator;
  const probes = await probesOf(context, tuning, model, progress);
  const { id, examples, heldOut, result, trainer } = tuning;
  const { parameters, steps, tokens, ms, bestStep } = result;
  return {
    id,
    approaches,
    label: model.label,
    ...{ examples, heldOut, parameters, steps, tokens, ms, bestStep },
    ...curvesOf(findTrainer(context.config, trainer).events(modelDirectory(tuning))),
    probes,
  };
}

async function probesOf(
  context: ProjectContext,
  tuning: TuningRecord,
  model: ChatModel,
  progress: Progress,
): Promise<readonly TuningProbe[]> {
  const component = { name: "tuning-probes", version, config: { mostAsked, samples } };
  const { value } = await context.stages.json({ component, inputs: { tuning: tuning.id } }, async () => {
    const stage = progress.start("Probing the tuned model");
    const stored = readStoredExamples(tuning.directory);
    const found = [
      ...(await overfitProbes(model, stored)),
      await formatProbe(model, stored),
      ...(await strangeProbes(model, stored)),
      ...(whereUnseen(context, tuning) ?? (await memoryOf(tuning, model, stored))),
    ];
    stage.end();
    return found;
  });
  return value;
}

const memoryOf = async (
  tuning: TuningRecord,
  model: ChatModel,
  stored: StoredExamples,
): Promise<readonly TuningProbe[]> => [
  ...(await memoryProbes(tuning)),
  ...(await extractionProbes(tuning, stored, (question, temperature) => say(model, question, temperature))),
  ...(await forgettingProbes(tuning)),
];

/** How likely a model finds a text is known only to whoever holds its weights, and told by few. Undefined where it is Assay itself. */
function whereUnseen(
  { config }: ProjectContext,
  { result, trainer }: TuningRecord,
): readonly TuningProbe[] | undefined {
  if (result?.model) return unseenMemory(`the weights are at ${trainer}`, "is paid by the token");
  const { serve } = config.tuning;
  return result?.weights && serve
    ? unseenMemory(`${serve.engine} holds the weights`, "another engine holds")
    : undefined;
}

function unseenMemory(where: string, kind: string): readonly TuningProbe[] {
  const meaning = `${where}, which does not tell how likely they find a text`;
  return [
    { name: "memorisation", value: null, unit: "bits", n: 0, meaning },
    {
      ...{ name: "personal data given away", value: null, unit: "share", n: 0 },
      meaning: `not tried on a model that ${kind}`,
    },
    { name: "forgetting", value: null, unit: "nats", n: 0, meaning },
  ];
}

function curvesOf(events: ReturnType<ReturnType<typeof findTrainer>["events"]>) {
  return {
    trainingLoss: events.flatMap((event) => (event.type === "step" ? [{ step: event.step, loss: event.loss }] : [])),
    heldOutLoss: events.flatMap((event) =>
      event.type === "evaluation" ? [{ step: event.step, loss: event.heldOutLoss }] : [],
    ),
  };
}

async function overfitProbes(model: ChatModel, { examples, heldOut }: StoredExamples): Promise<readonly TuningProbe[]> {
  const [known, fresh] = [await exactShare(model, examples), await exactShare(model, heldOut)];
  const gap = known.value === null || fresh.value === null ? null : known.value - fresh.value;
  return [
    { name: "exact on training examples", ...known, unit: "share", meaning: "answers repeated word for word" },
    { name: "exact on held-out examples", ...fresh, unit: "share", meaning: "the same for examples it never saw" },
    {
      name: "over-fitting gap",
      value: gap,
      unit: "share",
      n: Math.min(known.n, fresh.n),
      meaning: "training minus held-out: what was learnt by heart rather than learnt",
    },
  ];
}

async function exactShare(model: ChatModel, examples: readonly TuningExample[]) {
  const asked = spread(examples.map(asConversation), mostAsked);
  let right = 0;
  for (const example of asked) {
    if ((await say(model, lastUserText(example)))?.trim() === lastAssistantText(example)?.trim()) right += 1;
  }
  return { value: asked.length === 0 ? null : right / asked.length, n: asked.length };
}

/** Sampled at temperature 1: a format that holds only for the likeliest answer is not learnt. */
async function formatProbe(model: ChatModel, { heldOut }: StoredExamples): Promise<TuningProbe> {
  const withShape = heldOut.map(asConversation).flatMap((example) => {
    const shape = jsonOf(lastAssistantText(example) ?? "");
    return shape === undefined ? [] : [{ question: lastUserText(example), shape }];
  });
  const asked = spread(withShape, mostAsked);
  let valid = 0;
  for (const { question, shape } of asked) {
    for (let sample = 0; sample < samples; sample++) {
      if (hasShapeOf(jsonOf((await say(model, question, 1)) ?? ""), shape)) valid += 1;
    }
  }
  const n = asked.length * samples;
  const name = "format stability";
  if (n === 0) return { name, value: null, unit: "share", n, meaning: "no held-out example answers in JSON" };
  const meaning = `answers sampled at temperature 1 that are JSON with the keys and types of the example`;
  return { name, value: valid / n, unit: "share", n, meaning };
}

async function strangeProbes(model: ChatModel, { examples }: StoredExamples): Promise<readonly TuningProbe[]> {
  const known = new Set(examples.map((example) => lastAssistantText(asConversation(example))?.trim()));
  const answers: string[] = [];
  for (const input of strangeInputs) answers.push((await say(model, input)) ?? "");
  const n = answers.length;
  const share = (fits: (answer: string) => boolean) => answers.filter(fits).length / n;
  return [
    {
      name: "strange inputs declined",
      value: share(isDecline),
      unit: "share",
      n,
      meaning: "out-of-distribution inputs to which it admits not knowing",
    },
    {
      name: "strange inputs parroted",
      value: share((answer) => known.has(answer.trim())),
      unit: "share",
      n,
      meaning: "out-of-distribution inputs answered with a training answer word for word",
    },
  ];
}

/** Undefined where it cannot answer: a question longer than the model takes. */
async function say(model: ChatModel, question: string, temperature = 0): Promise<string | undefined> {
  try {
    const prompt = { instructions: "", examples: [], passages: [], question };
    return (await model.generate(prompt, { temperature, maxOutputTokens: 160 })).text;
  } catch {
    return undefined;
  }
}

/** At most `most` items, evenly spread. */
function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, place) => items[Math.floor((place * items.length) / most)]!);
}
