// What answers with a tuned model: the weights in the run's folder, or a provider's model by its name; with what its training cost.
import type { Training } from "../../approaches/trained-weights.ts";
import type { ChatModel, Usage } from "../../core/models.ts";
import type { ProviderModel, TuningResult } from "../../core/training.ts";
import { renderMessages } from "../../models/render-prompt.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { servedTuning } from "./served-tuning.ts";
import { modelDirectory } from "./tune-run.ts";
import type { TuningRecord } from "./tuning-records.ts";

export type FinishedTuning = TuningRecord & { readonly result: TuningResult };

export type TunedGenerator = {
  readonly model: ChatModel;
  /** False for a model trained from random weights: it has never met a passage. */
  readonly reads: boolean;
  readonly training: Training;
  /** True where the examples have changed since. */
  readonly isOutdated: boolean;
  /** Absent for models tuned elsewhere by somebody else. */
  readonly tuning?: FinishedTuning;
  /** The model at its provider; absent on this machine, and where somebody else tuned it. */
  readonly provided?: ProviderModel;
};

/** `examplesHash` names the present examples of the run's method; absent: they are not known to have changed. */
export function generatorOf(
  context: ProjectContext,
  tuning: FinishedTuning,
  examplesHash: string | undefined,
): TunedGenerator {
  const { result } = tuning;
  const { model: provided } = result;
  return {
    model: provided ? providersModel(context, tuning, provided.name) : modelOnDisk(context, tuning),
    reads: result.origin !== "random",
    training: { usage: [trainingUsage(tuning)], ms: result.ms },
    isOutdated: examplesHash !== undefined && tuning.examplesHash !== examplesHash,
    tuning,
    ...(provided ? { provided } : {}),
  };
}

/** A provider's model that the configuration names. */
export function generatorElsewhere(model: ChatModel): TunedGenerator {
  return { model, reads: true, training: { usage: [trainedElsewhere(model)] }, isOutdated: false };
}

function trainingUsage({ trainer, result }: FinishedTuning): Usage {
  const { tokens, ms, cpuMs, model, cost } = result;
  const used = { cachedInputTokens: 0, outputTokens: 0, durationMs: ms };
  if (model === undefined) return { modelId: "embedded/tuned", inputTokens: tokens ?? 0, cpuMs, ...used };
  const bill =
    cost?.status === "priced" ? { usd: cost.usd } : { unknown: cost?.reason ?? `${trainer} did not say what it bills` };
  return { modelId: model.name, inputTokens: tokens ?? 0, bill, ...used };
}

/** Whoever trained it has been paid, and nobody here knows how much. */
const trainedElsewhere = ({ name }: ChatModel): Usage => ({
  modelId: name,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  tokensUnknown: true,
  durationMs: 0,
});

const labelOf = ({ trainer, result: { origin } }: FinishedTuning): string => {
  if (origin === "random") return "knows only your examples";
  return trainer === "embedded"
    ? `tuned from ${origin.base} on your examples`
    : `tuned by ${trainer} from ${origin.base} on your examples`;
};

/** What a local engine trained is answered by what the configuration names, else by Assay's own engine. */
function modelOnDisk(context: ProjectContext, tuning: FinishedTuning): ChatModel {
  const { serve } = context.config.tuning;
  return tuning.result.weights && serve ? servedTuning(context, tuning, serve) : modelInFolder(tuning);
}

/** Known by its run; the weights are read when the first question comes. */
function modelInFolder(tuning: FinishedTuning): ChatModel {
  return lazily({ name: "embedded/tuned", config: { tuning: tuning.id } }, tuning, () =>
    import("../../tuning/embedded/tuned-model.ts").then(({ openTunedModel }) =>
      openTunedModel(modelDirectory(tuning), meetsPassages(tuning) ? { renderPassages: renderMessages } : {}),
    ),
  );
}

/** A base that reads, or weights that were trained on nothing but passages. */
const meetsPassages = ({ method, result }: FinishedTuning): boolean => method === "raft" || result.origin !== "random";

function providersModel(context: ProjectContext, tuning: FinishedTuning, name: string): ChatModel {
  const model = lazily({ name, config: { tuning: tuning.id } }, tuning, () => context.models.named(name));
  // As every remote model can that is wired.
  return { ...model, callsTools: true };
}

function lazily(
  { name, config }: Pick<ChatModel, "name" | "config">,
  tuning: FinishedTuning,
  opens: () => Promise<ChatModel>,
): ChatModel {
  let opened: Promise<ChatModel> | undefined;
  const open = (): Promise<ChatModel> => {
    opened ??= opens();
    return opened;
  };
  return {
    name,
    version: "1",
    config,
    label: labelOf(tuning),
    followsInstructions: tuning.result.origin !== "random",
    generate: async (prompt, options, call) => (await open()).generate(prompt, options, call),
    async *stream(prompt, options, call) {
      yield* (await open()).stream(prompt, options, call);
    },
  };
}
