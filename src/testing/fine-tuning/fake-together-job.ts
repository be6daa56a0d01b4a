// What a job of the fake Together tells of itself: its stand, events, metrics, checkpoints.
import type { Json } from "../../core/json.ts";
import { type FakeJob, linesOf, lossAt, timesOf, totalSteps } from "./fake-jobs.ts";
import type { JsonObject } from "./fake-service.ts";
import type { FilesState } from "./fake-together-files.ts";
import type { TrainingState } from "./fake-training-service.ts";

export type TogetherState = FilesState &
  TrainingState & {
    readonly models: readonly string[];
    readonly priceUsd: number;
    readonly stopsEarly: boolean;
    readonly error: { readonly type: "job_error" | "billing_limit"; readonly message: string };
  };

export const words = {
  ...{ running: "running", paused: "paused", cancelled: "cancelled", cancelling: "cancel_requested" },
} as const;

export function outputName(state: TogetherState, job: FakeJob<JsonObject>): string | undefined {
  if (timesOf(job, state.now(), words).state !== "completed") return undefined;
  return `fake-account/${String(job.body["model"])}-${String(job.body["suffix"])}`;
}

export function truncated(state: TogetherState, job: FakeJob<JsonObject>): JsonObject {
  const { state: status, endedAt } = timesOf(job, state.now(), words);
  const name = outputName(state, job);
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id: job.id, status, created_at: iso(job.createdAt), updated_at: iso(endedAt ?? state.now()), user_id: "u" },
    ...{ model: job.body["model"]!, training_file: job.body["training_file"]!, suffix: job.body["suffix"] ?? null },
    ...{ n_epochs: job.body["n_epochs"] ?? 1, token_count: 10_000 },
    ...(endedAt === null ? { progress: { estimate_available: status === "running", seconds_remaining: 60 } } : {}),
    ...(status === "completed"
      ? { total_price: Math.round(state.priceUsd * 1e9), early_stopped: state.stopsEarly }
      : {}),
    ...(name === undefined ? {} : { model_output_name: name }),
  };
}

/** What asking for one job adds to what lists tell. */
export function whole(state: TogetherState, job: FakeJob<JsonObject>): JsonObject {
  const name = outputName(state, job);
  const file = state.files.find(({ id }) => id === job.body["training_file"]);
  return {
    ...truncated(state, job),
    ...{ epochs_completed: name === undefined ? 0 : Number(job.body["n_epochs"] ?? 1), queue_depth: 0 },
    ...{ param_count: 8_000_000_000, trainingfile_numlines: linesOf(job.content).length },
    ...{ trainingfile_size: Buffer.byteLength(file?.text ?? "") },
    ...(name === undefined ? {} : { model_object_name: name, adapter_object_name: `${name}-adapter` }),
  };
}

export function eventsOf(state: TogetherState, job: FakeJob<JsonObject>): readonly Json[] {
  const { step, state: status } = timesOf(job, state.now(), words);
  const event = (type: string, message: string, more: JsonObject = {}): JsonObject => ({
    ...{ object: "fine-tune-event", created_at: new Date(job.createdAt).toISOString(), type, message, ...more },
  });
  const progress = step > 0 ? [event("epoch_complete", `step ${step}`, { step, total_steps: totalSteps })] : [];
  const ends: Readonly<Record<string, readonly JsonObject[]>> = {
    completed: [
      event("checkpoint_save", "saved", { step: totalSteps, checkpoint_path: `s3://checkpoints/${job.id}` }),
      event(state.stopsEarly ? "early_stopped" : "job_complete", "done", { step }),
    ],
    error: [event(state.error.type, state.error.message)],
  };
  return [event("job_pending", "created"), ...progress, ...(ends[status] ?? [])];
}

/** `resolution`: at most so many of those that fit. */
export function metricsOf(state: TogetherState, job: FakeJob<JsonObject>, query: URLSearchParams): readonly Json[] {
  const { step } = timesOf(job, state.now(), words);
  const bound = (name: string, otherwise: number): number => Number(query.get(name) ?? otherwise);
  const [from, to] = [bound("global_step_from", 0), bound("global_step_to", Number.POSITIVE_INFINITY)];
  const fitting = Array.from({ length: step }, (_, at) => at + 1).filter((one) => one >= from && one <= to);
  const stride = Math.max(1, Math.ceil(fitting.length / bound("resolution", Number.POSITIVE_INFINITY)));
  return fitting
    .filter((_, place) => place % stride === 0)
    .map((at) => ({
      ...{ "train/global_step": at, "train/loss": lossAt(at) },
      ...(job.body["validation_file"] === undefined ? {} : { "eval/loss": lossAt(at) + 0.1 }),
    }));
}

export function checkpointsOf(state: TogetherState, job: FakeJob<JsonObject>): readonly Json[] {
  if (outputName(state, job) === undefined) return [];
  return [
    {
      checkpoint_type: "final",
      created_at: "2026-01-01T00:00:00Z",
      path: `s3://checkpoints/${job.id}`,
      step: totalSteps,
    },
  ];
}
