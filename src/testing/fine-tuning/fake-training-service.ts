// What the fake fine-tuning services share above HTTP: their jobs, how a test holds them, and how their models answer.
import { chatCompletion, type FakeJob, type Ledger, type Timeline } from "./fake-jobs.ts";
import { type FakeReply, type FakeRequest, type FakeService, type JsonObject, jsonOf } from "./fake-service.ts";

/** A fake service, whatever its protocol. */
export type FakeTrainingService = FakeService & {
  readonly ledger: Ledger;
  readonly fileNames: readonly string[];
  readonly jobs: readonly FakeJob<JsonObject>[];
  /** What becomes of the next jobs. */
  setTimeline(timeline: Timeline): void;
};

export type TrainingState = {
  readonly now: () => number;
  readonly jobs: FakeJob<JsonObject>[];
  readonly ledger: Ledger;
  timeline: Timeline;
};

/** Not to be spread: its file names are read anew each time. */
export function trainingService(
  service: FakeService,
  state: TrainingState,
  fileNames: () => readonly string[],
): FakeTrainingService {
  return {
    ...service,
    ledger: state.ledger,
    jobs: state.jobs,
    get fileNames() {
      return fileNames();
    },
    setTimeline: (next) => {
      state.timeline = next;
    },
  };
}

export type NewJob = {
  readonly id: string;
  readonly body: JsonObject;
  /** Of the training file. */
  readonly content: string;
  /** What it is counted under. */
  readonly key: string;
  readonly timeline?: Timeline;
};

export function addJob(state: TrainingState, { key, timeline = state.timeline, ...made }: NewJob): FakeJob<JsonObject> {
  const job = { ...made, createdAt: state.now(), timeline, pausedMs: 0 };
  state.jobs.push(job);
  state.ledger.add("job", key);
  return job;
}

export function letGoOn(job: FakeJob<unknown>, now: number): void {
  if (job.pausedAt === undefined) return;
  job.pausedMs += now - job.pausedAt;
  delete job.pausedAt;
}

/** `isBase`: answers untaught; `tuned`: the job that made the model. */
export function chatReply(
  request: FakeRequest,
  isBase: (model: string) => boolean,
  tuned: (model: string) => FakeJob<JsonObject> | undefined,
): FakeReply {
  const { model, messages } = jsonOf(request) as { model: string; messages: { role: string; content: string }[] };
  const job = tuned(model);
  if (job || isBase(model)) return { json: chatCompletion(model, messages, job?.content) };
  return openAiFailure(404, `no model ${model}`, "model_not_found");
}

/** OpenAI's shape of an error, which Together and every inference share. */
export function openAiFailure(status: number, message: string, code?: string): FakeReply {
  return { status, json: { error: { message, type: "invalid_request_error", param: null, code: code ?? null } } };
}
