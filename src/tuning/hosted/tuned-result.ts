// What a run at a provider came to, from what the provider told of it.
import type { Cost } from "../../core/scores.ts";
import type { ProviderModel, StopReason, TuningEvent, TuningJob, TuningResult } from "../../core/training.ts";
import { readJobLog } from "./job-log.ts";
import type { HostedWire, JobView, JobWishes } from "./wire.ts";

export type ResultInput = {
  readonly wire: HostedWire;
  readonly job: TuningJob;
  readonly wishes: JobWishes;
  readonly reason: StopReason;
  /** Absent where there is no job yet, or it is not followed any more. */
  readonly view?: JobView;
  readonly cost?: Cost;
  readonly model?: ProviderModel;
};

export function tunedResult({ wire, job, wishes, reason, view, cost, model }: ResultInput): TuningResult {
  const events = readJobLog(job.directory);
  const steps = events.filter(isStep);
  const best = events.filter(isEvaluation).reduce<Evaluation | undefined>(lower, undefined);
  const { createdAt = null, finishedAt = null } = view ?? {};
  return {
    reason,
    resumedFromStep: 0,
    engine: wire.service.label,
    origin: { base: wishes.earlier?.model ?? wishes.base },
    ...(model ? { model } : {}),
    ...(cost ? { cost } : {}),
    parameters: view?.parameters ?? null,
    trainableParameters: null,
    examples: job.examples.length,
    replayedExamples: 0,
    heldOut: job.heldOut.length,
    tooLong: [],
    steps: steps.at(-1)?.step ?? null,
    tokens: view?.tokens ?? null,
    ms: createdAt === null ? 0 : Math.max(0, (finishedAt ?? wire.service.clock.now()) - createdAt),
    cpuMs: 0,
    firstLoss: steps[0]?.loss ?? null,
    bestLoss: best?.heldOutLoss ?? null,
    bestStep: best?.step ?? null,
  };
}

type Evaluation = Extract<TuningEvent, { type: "evaluation" }>;

const isStep = (event: TuningEvent): event is Extract<TuningEvent, { type: "step" }> => event.type === "step";
const isEvaluation = (event: TuningEvent): event is Evaluation => event.type === "evaluation";

const lower = (best: Evaluation | undefined, one: Evaluation): Evaluation =>
  best === undefined || one.heldOutLoss < best.heldOutLoss ? one : best;
