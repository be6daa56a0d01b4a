// Which tuned model stands behind `fine-tuned`, `hybrid` and `raft`: the one that the configuration names, else the latest that
// succeeded on the present examples, else the latest that succeeded.
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { ChatModel } from "../../core/models.ts";
import type { TuningMethod } from "../../core/training.ts";
import { readTuningExamplesIfAny } from "../data/data-files.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { type FinishedTuning, generatorElsewhere, generatorOf, type TunedGenerator } from "./tuned-generator.ts";
import { listTunings, readTuning, type TuningRecord } from "./tuning-records.ts";

export type TunedModels = {
  /** Looks again at every call: a run may have ended meanwhile. */
  forMethod(method: BackingMethod): TunedGenerator | undefined;
  /** Why there may be none. */
  readonly whyNone: string;
};

/** A model that `dpo` made stands behind an approach where the configuration names it. */
const methods = ["sft", "raft", "slots"] as const satisfies readonly TuningMethod[];
type BackingMethod = (typeof methods)[number];

/** Throws `AssayError`: `not-found` for a run that the configuration names and that is not there, what models throw. */
export async function openTunedModels(context: ProjectContext, whyNone = whyNoneYet(context)): Promise<TunedModels> {
  const named = context.config.tuning.models;
  const hashes = new Map<TuningMethod, string>();
  const elsewhere = new Map<TuningMethod, ChatModel>();
  for (const method of methods) {
    hashes.set(method, hashOf(await readTuningExamplesIfAny(context, method)));
    const name = named[method];
    if (name === undefined) continue;
    if (isRun(context, name)) pinned(context, name);
    else elsewhere.set(method, await context.models.named(name));
  }
  return {
    whyNone,
    forMethod(method) {
      const remote = elsewhere.get(method);
      if (remote) return generatorElsewhere(remote);
      const name = named[method];
      const record = name === undefined ? latest(context, method, hashes.get(method)!) : pinned(context, name);
      return record && generatorOf(context, record, hashes.get(record.method));
    },
  };
}

/** A job that goes on at its provider is nearer than a new one. */
export function whyNoneYet(context: ProjectContext): string {
  const waiting = listTunings(context).find(({ status }) => status === "detached");
  if (!waiting) return "no tuned model yet: assay tune";
  return `training ${waiting.id} goes on at ${waiting.trainer}: assay tune resume ${waiting.id}`;
}

const isFinished = (record: TuningRecord | undefined): record is FinishedTuning =>
  record?.status === "succeeded" && record.result !== undefined;

/** `<trainer>/<id>` names a run of this project, anything else a model of a provider. */
function isRun(context: ProjectContext, name: string): boolean {
  const { trainer, id } = runNamed(name);
  return trainer === "embedded" || readTuning(context, id)?.trainer === trainer;
}

function runNamed(name: string): { readonly trainer: string; readonly id: string } {
  const slash = name.indexOf("/");
  return { trainer: name.slice(0, slash), id: name.slice(slash + 1) };
}

function pinned(context: ProjectContext, name: string): FinishedTuning {
  const { id } = runNamed(name);
  const record = readTuning(context, id);
  if (isFinished(record)) return record;
  throw new AssayError({
    code: "not-found",
    message: record ? `tuning ${id} has not succeeded: ${record.status}` : `there is no tuning "${id}" in this project`,
    remedy: record ? `assay tune resume ${id}` : "assay tune list",
  });
}

function latest(context: ProjectContext, method: TuningMethod, examplesHash: string): FinishedTuning | undefined {
  const finished = listTunings(context)
    .filter(isFinished)
    .filter((record) => record.method === method);
  return finished.find((record) => record.examplesHash === examplesHash) ?? finished[0];
}

/** A run of these very examples and method, whatever its settings. */
export function isTunedOn(context: ProjectContext, method: TuningMethod, examplesHash: string): boolean {
  return latest(context, method, examplesHash)?.examplesHash === examplesHash;
}
