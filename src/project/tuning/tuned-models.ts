// Which tuned model stands behind `fine-tuned`, `hybrid` and `raft`: the one that the configuration names, else the latest that
// succeeded on the present examples, else the latest that succeeded.
import type { Training } from "../../approaches/trained-weights.ts";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { ChatModel, Usage } from "../../core/models.ts";
import type { TuningMethod, TuningResult } from "../../core/training.ts";
import { readTrainingExamples } from "../data/data-files.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { modelDirectory } from "./tune-run.ts";
import { listTunings, readTuning, type TuningRecord } from "./tuning-records.ts";

export type TunedGenerator = {
  readonly model: ChatModel;
  /** False for a model trained from random weights: it has never met a passage. */
  readonly reads: boolean;
  readonly training: Training;
  /** True where the examples have changed since. */
  readonly isOutdated: boolean;
  /** Absent for models tuned elsewhere. */
  readonly tuning?: TuningRecord & { readonly result: TuningResult };
};

export type TunedModels = {
  /** Looks again at every call: a run may have ended meanwhile. */
  forMethod(method: TuningMethod): TunedGenerator | undefined;
  /** Why there may be none. */
  readonly whyNone: string;
};

const methods = ["sft", "raft"] as const satisfies readonly TuningMethod[];
const embeddedPrefix = "embedded/";

/** Throws `AssayError`: `not-found` for a run that the configuration names and that is not there, what models throw. */
export async function openTunedModels(
  context: ProjectContext,
  whyNone = "no tuned model yet: assay tune",
): Promise<TunedModels> {
  const examplesHash = hashOf(await readTrainingExamples(context));
  const named = context.config.tuning.models;
  const elsewhere = new Map<TuningMethod, ChatModel>();
  for (const method of methods) {
    const name = named[method];
    if (name?.startsWith(embeddedPrefix)) pinned(context, name);
    else if (name !== undefined) elsewhere.set(method, await context.models.named(name));
  }
  return {
    whyNone,
    forMethod(method) {
      const remote = elsewhere.get(method);
      if (remote) return { model: remote, reads: true, training: trainedElsewhere(remote), isOutdated: false };
      const name = named[method];
      const record = name === undefined ? latest(context, method, examplesHash) : pinned(context, name);
      return record && localGenerator(record, examplesHash);
    },
  };
}

type Finished = TuningRecord & { readonly result: TuningResult };

const isFinished = (record: TuningRecord | undefined): record is Finished =>
  record?.status === "succeeded" && record.result !== undefined;

function pinned(context: ProjectContext, name: string): Finished {
  const id = name.slice(embeddedPrefix.length);
  const record = readTuning(context, id);
  if (isFinished(record)) return record;
  throw new AssayError({
    code: "not-found",
    message: record ? `tuning ${id} has not succeeded: ${record.status}` : `there is no tuning "${id}" in this project`,
    remedy: record ? `assay tune resume ${id}` : "assay tune list",
  });
}

function latest(context: ProjectContext, method: TuningMethod, examplesHash: string): Finished | undefined {
  const finished = listTunings(context)
    .filter(isFinished)
    .filter((record) => record.method === method);
  return finished.find((record) => record.examplesHash === examplesHash) ?? finished[0];
}

/** A run of these very examples and method, whatever its settings. */
export function isTunedOn(context: ProjectContext, method: TuningMethod, examplesHash: string): boolean {
  return latest(context, method, examplesHash)?.examplesHash === examplesHash;
}

function localGenerator(tuning: Finished, examplesHash: string): TunedGenerator {
  const { result } = tuning;
  return {
    model: lazyModel(tuning),
    reads: result.origin !== "random",
    training: { usage: [trainingUsage(result)], ms: result.ms },
    isOutdated: tuning.examplesHash !== examplesHash,
    tuning,
  };
}

const trainingUsage = ({ tokens, ms, cpuMs }: TuningResult): Usage => ({
  modelId: "embedded/tuned",
  inputTokens: tokens,
  cachedInputTokens: 0,
  outputTokens: 0,
  durationMs: ms,
  cpuMs,
});

/** Whoever trained it has been paid, and nobody here knows how much. */
const trainedElsewhere = ({ name }: ChatModel): Training => ({
  usage: [
    {
      modelId: name,
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 0,
      tokensUnknown: true,
      durationMs: 0,
    },
  ],
});

/** Known by its run; the weights are read when the first question comes. */
function lazyModel(tuning: Finished): ChatModel {
  let opened: Promise<ChatModel> | undefined;
  const open = (): Promise<ChatModel> => {
    opened ??= import("../../tuning/embedded/tuned-model.ts").then(({ openTunedModel }) =>
      openTunedModel(modelDirectory(tuning)),
    );
    return opened;
  };
  const { origin } = tuning.result;
  return {
    name: "embedded/tuned",
    version: "1",
    config: { tuning: tuning.id },
    label: origin === "random" ? "knows only your examples" : `tuned from ${origin.base} on your examples`,
    followsInstructions: origin !== "random",
    generate: async (prompt, options, call) => (await open()).generate(prompt, options, call),
    async *stream(prompt, options, call) {
      yield* (await open()).stream(prompt, options, call);
    },
  };
}
