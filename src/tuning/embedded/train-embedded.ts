// Trains the embedded model on a set of examples: from options to a directory that `openTunedModel` opens. Runs that were
// killed or cancelled continue when called again with the same options.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import { type Progress, silentProgress } from "../../core/progress.ts";
import type { TrainingExample } from "../../core/questions.ts";
import { type EngineOptions, openEngine } from "../../neural/onnx-engine.ts";
import { openTrainingSession } from "../../neural/training-session.ts";
import type { EncodedExample } from "./chat-template.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { commonSystem } from "./common-system.ts";
import { writeBase, writeDescription, writeJson, writeTokenizerFiles } from "./model-files.ts";
import { replayed, saveExamples } from "./replay.ts";
import { type StartingOptions, type StartingPoint, startingPoint } from "./starting-point.ts";
import { eventLog, type StopReason } from "./training-events.ts";
import { freshState, runTraining, type TrainingOutcome, type TrainingPlan } from "./training-loop.ts";
import { type Hyperparameters, planOf } from "./training-plan.ts";

export type EmbeddedTrainingOptions = StartingOptions & {
  readonly examples: readonly TrainingExample[];
  /** Decide when to stop and which weights to keep; never trained on. May be empty: then the last weights are kept. */
  readonly heldOut: readonly TrainingExample[];
  /** Where the model, its checkpoint and its events go. */
  readonly directory: string;
  /** Give one. A budget of steps repeats exactly; one of minutes fits itself to the machine. */
  readonly budget: { readonly minutes: number } | { readonly steps: number };
  readonly hyperparameters?: Hyperparameters;
  readonly engine?: EngineOptions;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
};

export type TrainingReport = {
  readonly directory: string;
  /** `cancelled`: call again with the same options to continue. */
  readonly reason: StopReason;
  readonly resumedFromStep: number;
  readonly engine: string;
  readonly origin: "random" | { readonly base: string };
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly vocabulary: number;
  readonly examples: number;
  /** Old examples mixed in against forgetting. */
  readonly replayedExamples: number;
  readonly heldOut: number;
  /** Examples longer than the model takes, by their position in `examples`; they were not trained on. */
  readonly tooLong: readonly number[];
  readonly steps: number;
  readonly tokens: number;
  readonly ms: number;
  readonly cpuMs: number;
  readonly firstLoss: number | null;
  /** Held-out loss of the kept weights, in nats per answer token; null without held-out examples. */
  readonly bestLoss: number | null;
  readonly bestStep: number | null;
};

const trainerVersion = "1";
const fewestExamples = 10;

export async function trainEmbedded(options: EmbeddedTrainingOptions): Promise<TrainingReport> {
  if (options.examples.length < fewestExamples) throw tooFew(options.examples.length);
  const old = await replayed(options);
  const start = await startingPoint(options, options.examples);
  const encoded = encodeAll(start, options.examples);
  const training = [...encoded.fitting, ...encodeAll(start, old.picked).fitting];
  if (encoded.fitting.length < fewestExamples) throw tooLong(encoded, start.model.config.maximumLength);
  const plan = planOf(options, start, {
    identity: identityOf(options, start),
    training,
    heldOut: encodeAll(start, options.heldOut).fitting,
  });
  await prepareDirectory(options, start, old.all);
  const cpuBefore = process.cpuUsage();
  const { outcome, engine, resumedFromStep } = await train(options, start, plan);
  const cpu = process.cpuUsage(cpuBefore);
  const report = {
    ...reportOf(options, start, outcome),
    engine,
    resumedFromStep,
    tooLong: encoded.tooLong,
    replayedExamples: old.picked.length,
    cpuMs: (cpu.user + cpu.system) / 1000,
  };
  await writeJson(join(options.directory, "report.json"), report);
  return report;
}

async function train(options: EmbeddedTrainingOptions, start: StartingPoint, plan: TrainingPlan) {
  const saved = await readCheckpoint(options.directory, plan.identity);
  const state = saved?.state ?? freshState(plan);
  const model = saved ? { ...start.model, trainable: saved.weights } : start.model;
  const engine = await openEngine(options.engine);
  const session = await openTrainingSession(engine, model, {
    weightDecay: options.hyperparameters?.weightDecay ?? (plan.isAdapter ? 0 : 0.1),
    clipNorm: options.hyperparameters?.clipNorm ?? 1,
    ...(saved && { moments: saved.moments }),
  });
  const log = eventLog(options.directory, {
    fromStep: state.step,
    progress: options.progress ?? silentProgress,
    totalSteps: state.totalSteps,
  });
  try {
    const run = { plan, session, log, ...(options.signal && { signal: options.signal }) };
    const outcome = await runTraining(run, state);
    log.end(summaryOf(outcome));
    return { outcome, engine: engine.name, resumedFromStep: state.step };
  } finally {
    await session.close();
  }
}

function summaryOf({ reason, state }: TrainingOutcome): string {
  const best =
    state.bestLoss === undefined ? "" : `, best held-out loss ${state.bestLoss.toFixed(3)} at step ${state.bestStep}`;
  return `${state.step} steps (${reason})${best}`;
}

type Encoded = { readonly fitting: readonly EncodedExample[]; readonly tooLong: readonly number[] };

function encodeAll({ words, model }: StartingPoint, examples: readonly TrainingExample[]): Encoded {
  const all = examples.map(({ messages }) => words.encodeExample(messages));
  const fits = ({ ids }: EncodedExample) => ids.length <= model.config.maximumLength;
  return {
    fitting: all.filter((example) => fits(example) && example.answers.length > 0),
    tooLong: all.flatMap((example, index) => (fits(example) ? [] : [index])),
  };
}

/** Two calls with equal identity are one run. Minutes are left out: a run may be given more of them. */
function identityOf(options: EmbeddedTrainingOptions, { model, words }: StartingPoint): string {
  const { examples, heldOut, seed, method, base = null, from = null, hyperparameters = {}, budget } = options;
  const steps = "steps" in budget ? budget.steps : null;
  const lora = model.lora ?? null;
  const data = { examples, heldOut, merges: words.tables.merges };
  return hashOf({ trainerVersion, config: model.config, data, seed, method, lora, base, from, hyperparameters, steps });
}

async function prepareDirectory(
  options: EmbeddedTrainingOptions,
  { model, words, origin }: StartingPoint,
  old: readonly TrainingExample[],
): Promise<void> {
  const { directory, examples } = options;
  await mkdir(directory, { recursive: true });
  const system = commonSystem(examples);
  await writeDescription(directory, {
    config: model.config,
    tokenizer: words.data,
    origin,
    ...(model.lora && { lora: model.lora }),
    ...(system !== undefined && { system }),
  });
  await writeTokenizerFiles(directory, words);
  if (model.lora) await writeBase(directory, model.frozen);
  await saveExamples(directory, [...old, ...examples]);
  await writeFile(join(directory, ".gitignore"), "*\n");
}

function reportOf(options: EmbeddedTrainingOptions, { model, words, origin }: StartingPoint, outcome: TrainingOutcome) {
  const size = (weights: typeof model.trainable) =>
    [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
  const { state, reason } = outcome;
  return {
    directory: options.directory,
    reason,
    origin,
    parameters: size(model.frozen) + size(model.trainable),
    trainableParameters: size(model.trainable),
    vocabulary: words.size,
    examples: options.examples.length,
    heldOut: options.heldOut.length,
    steps: state.step,
    tokens: state.tokens,
    ms: state.elapsedMs,
    firstLoss: state.firstLoss ?? null,
    bestLoss: state.bestLoss ?? null,
    bestStep: state.bestStep ?? null,
  };
}

const tooFew = (count: number): AssayError =>
  new AssayError({
    code: "bad-examples",
    message: `${count} examples are too few to train on; at least ${fewestExamples} are needed, 50 to 100 usually show an effect`,
    remedy: "add examples, or have some drafted: assay data synthesize",
  });

const tooLong = ({ fitting, tooLong }: Encoded, maximumLength: number): AssayError =>
  new AssayError({
    code: "bad-examples",
    message: `${tooLong.length} examples are longer than the ${maximumLength} tokens that the model takes, and ${fitting.length} are left: too few to train on`,
    remedy: "shorten them; with passages: assay data synthesize --raft --distractors 1 --force",
  });
