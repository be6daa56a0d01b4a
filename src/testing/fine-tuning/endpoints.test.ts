// Every endpoint that the three protocols name, asked of their fakes in the order of a run: what is missing is a row here that fails.
import { expect, test } from "vitest";
import { fakeFireworks } from "./fake-fireworks.ts";
import { fakeOpenAi } from "./fake-openai.ts";
import { fakeKeys } from "./fake-service.ts";
import { fakeTogether } from "./fake-together.ts";
import type { FakeTrainingService } from "./fake-training-service.ts";
import { type TestClock, testClock } from "./test-clock.ts";

type Row = {
  /** `METHOD /path`, an address with its query. */
  readonly asks: string;
  readonly json?: unknown;
  readonly body?: () => string | FormData;
  /** Default 200. */
  readonly status?: number;
  /** Part of what is answered; a string for what is not JSON. */
  readonly answers?: unknown;
  readonly headers?: Readonly<Record<string, unknown>>;
  /** Waited for before asking. */
  readonly afterMs?: number;
  readonly hasNoKey?: boolean;
};

const line = (place: number): string =>
  JSON.stringify({
    messages: [
      { role: "user", content: `When does boat ${place} leave?` },
      { role: "assistant", content: `At ${place}` },
    ],
  });
const data = Array.from({ length: 12 }, (_, place) => line(place)).join("\n");
const formWith = (fields: Readonly<Record<string, string>>) => () => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", new Blob([data]), "train.jsonl");
  return form;
};
const any = expect.anything();
const few = (length: number) => Array.from({ length }, () => any);
const ask = (model: string) => ({ model, messages: [{ role: "user", content: "When does boat 3 leave?" }] });
const answered = (content: string) => ({ choices: [{ message: { content } }] });

/** Rows that were answered otherwise, in words. */
async function gapsOf(fake: FakeTrainingService, clock: TestClock, root: string, rows: readonly Row[]) {
  const gaps: string[] = [];
  for (const row of rows) {
    if (row.afterMs !== undefined) await clock.sleep(row.afterMs);
    const [method, path = ""] = row.asks.split(" ");
    const response = await fetch(`${root}${path}`, {
      ...{ method: method!, redirect: "manual" },
      headers: row.hasNoKey ? {} : { authorization: `Bearer ${fakeKeys.valid}` },
      ...(row.json === undefined ? {} : { body: JSON.stringify(row.json) }),
      ...(row.body === undefined ? {} : { body: row.body() }),
    });
    const text = await response.text();
    const reply = {
      status: response.status,
      body: response.headers.get("content-type") === "application/json" ? JSON.parse(text) : text,
      headers: Object.fromEntries(response.headers),
    };
    const wanted = { status: row.status ?? 200, body: row.answers ?? reply.body, headers: row.headers ?? {} };
    try {
      expect(reply).toMatchObject(wanted);
    } catch {
      gaps.push(`${row.asks}: ${reply.status} ${text.slice(0, 300)}`);
    }
  }
  await fake.close();
  return gaps;
}

const openAi: readonly Row[] = [
  { asks: "GET /models", answers: { object: "list", data: [{ id: "tunable-base", shutdown_date: null }] } },
  { asks: "GET /models/tunable-base", answers: { object: "model" } },
  {
    asks: "POST /files",
    body: formWith({ purpose: "fine-tune", "expires_after[anchor]": "created_at", "expires_after[seconds]": "3600" }),
    answers: { id: "file-1", object: "file", bytes: data.length, purpose: "fine-tune", expires_at: any },
  },
  {
    asks: "POST /files",
    body: formWith({ purpose: "fine-tune", "expires_after[seconds]": "60" }),
    status: 400,
    answers: { error: { message: any, type: any, param: null } },
  },
  { asks: "POST /files", body: formWith({ purpose: "fine-tune" }), answers: { id: "file-2" } },
  { asks: "GET /files?order=asc&limit=1", answers: { data: [{ id: "file-1" }], has_more: true } },
  { asks: "GET /files?after=file-2&purpose=fine-tune", answers: { data: [{ id: "file-1" }], has_more: false } },
  { asks: "GET /files/file-1", answers: { filename: "train.jsonl", status: "processed" } },
  { asks: "GET /files/file-1/content", answers: data },
  { asks: "GET /files/file-9", status: 404, answers: { error: { code: "not_found" } } },
  {
    asks: "POST /fine_tuning/jobs",
    json: { model: "tunable-base", training_file: "file-1", suffix: "s", metadata: { team: "a" } },
    answers: { id: "ftjob-1", object: "fine_tuning.job", status: "validating_files", result_files: [], error: null },
  },
  { asks: "GET /fine_tuning/jobs?limit=1&metadata[team]=a", answers: { data: [{ id: "ftjob-1" }], has_more: false } },
  { asks: "GET /fine_tuning/jobs?metadata[team]=b", answers: { data: [] } },
  { asks: "GET /fine_tuning/jobs/ftjob-1", afterMs: 30_000, answers: { status: "queued", finished_at: null } },
  { asks: "POST /fine_tuning/jobs/ftjob-1/pause", answers: { status: "paused" } },
  { asks: "POST /fine_tuning/jobs/ftjob-1/resume", afterMs: 9_000_000, answers: { status: "queued" } },
  { asks: "POST /fine_tuning/jobs/ftjob-1/dance", status: 404 },
  {
    asks: "GET /fine_tuning/jobs/ftjob-1/events?limit=1",
    afterMs: 130_000,
    answers: { data: [{ type: "metrics", data: { step: any, train_loss: any } }], has_more: true },
  },
  { asks: "GET /fine_tuning/jobs/ftjob-1", afterMs: 300_000, answers: { status: "succeeded", trained_tokens: 10_000 } },
  { asks: "GET /fine_tuning/jobs/ftjob-1", answers: { result_files: ["file-result-1"], fine_tuned_model: any } },
  {
    asks: "GET /fine_tuning/jobs/ftjob-1/checkpoints?limit=1",
    answers: { data: [{ object: "fine_tuning.job.checkpoint", step_number: 7, metrics: any }], has_more: true },
  },
  { asks: "GET /files?purpose=fine-tune-results", answers: { data: [{ id: "file-result-1" }] } },
  {
    asks: "GET /files/file-result-1/content",
    answers: expect.stringMatching(/^step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,/),
  },
  { asks: "POST /chat/completions", json: ask("ft:tunable-base:fake-org:s:1"), answers: answered("At 3") },
  { asks: "POST /fine_tuning/jobs", json: { model: "tunable-base", training_file: "file-2" } },
  { asks: "POST /fine_tuning/jobs/ftjob-2/cancel", answers: { status: "cancelled", fine_tuned_model: null } },
  { asks: "POST /fine_tuning/jobs/ftjob-2/cancel", status: 400, answers: { error: { code: "invalid_state" } } },
  { asks: "DELETE /files/file-2", answers: { id: "file-2", object: "file", deleted: true } },
];

const registers = "POST /files?file_name=train.jsonl&file_type=jsonl&purpose=fine-tune";
const together: readonly Row[] = [
  {
    asks: "GET /fine-tunes/models/limits?model_name=tunable-base",
    answers: { max_num_epochs: any, lora_training: any },
  },
  {
    asks: registers,
    status: 302,
    headers: { location: expect.stringContaining("/presigned/file-1-0"), "x-together-file-id": "file-1-0" },
  },
  { asks: "GET /files/file-1-0", answers: { FileType: "jsonl", Processed: false, processing_status: "PENDING" } },
  { asks: "PUT /../presigned/file-1-0", body: () => data, hasNoKey: true },
  {
    asks: "POST /fine-tunes/estimate-price",
    json: { training_file: "file-1-0" },
    answers: { estimation_available: false, unavailable_reason: "train_file_not_validated" },
  },
  {
    asks: "GET /files/file-1-0",
    afterMs: 10_000,
    answers: { processing_status: "COMPLETED", validation_report: { valid: true, nlines: 12 } },
  },
  { asks: "GET /files", answers: { data: [{ id: "file-1-0" }] } },
  { asks: "GET /files/file-1-0/content", answers: data },
  {
    asks: "POST /fine-tunes/estimate-price",
    json: { training_file: "file-1-0" },
    answers: { estimation_available: true, estimated_total_price: any, allowed_to_proceed: true },
  },
  {
    asks: "POST /fine-tunes/preview",
    json: { model: "tunable-base", training_file: "file-1-0", top_k: 1 },
    answers: {
      ...{ model: "tunable-base", dataset_format: "conversation", max_seq_length: any, train_on_inputs: "auto" },
      rows: [{ labels: [-100, -100, -100, -100, -100, 6, 7], num_tokens: 7, num_trained_tokens: 2, truncated: false }],
    },
  },
  {
    asks: "POST /fine-tunes",
    json: { model: "tunable-base", training_file: "file-1-0", suffix: "s" },
    answers: { id: "ft-1", status: "pending", user_id: any },
  },
  { asks: "GET /fine-tunes", answers: { data: [{ id: "ft-1" }] } },
  { asks: "GET /fine-tunes/ft-1/download-tokenized-dataset", status: 404, answers: { error: { code: "not_found" } } },
  {
    asks: "GET /finetune/download?ft_id=ft-1&checkpoint=adapter",
    status: 400,
    answers: { error: { code: "not_ready" } },
  },
  { asks: "DELETE /fine-tunes/ft-1", status: 400 },
  {
    asks: "GET /fine-tunes/ft-1",
    afterMs: 200_000,
    answers: { status: "running", epochs_completed: 0, queue_depth: 0, trainingfile_numlines: 12, param_count: any },
  },
  {
    asks: "GET /fine-tunes/ft-1/events",
    answers: { data: [{ type: "job_pending" }, { object: "fine-tune-event", step: 5, total_steps: 10 }] },
  },
  { asks: "GET /fine-tunes/ft-1/metrics", answers: { metrics: few(5) } },
  {
    asks: "GET /fine-tunes/ft-1/metrics?global_step_from=2&global_step_to=5&resolution=2",
    answers: { metrics: [{ "train/global_step": 2 }, { "train/global_step": 4 }] },
  },
  {
    asks: "GET /fine-tunes/ft-1/download-tokenized-dataset",
    answers: { url: any, filename: any, size: any, content_type: any, expires_at: any },
  },
  { asks: "GET /fine-tunes/ft-1", afterMs: 300_000, answers: { status: "completed", adapter_object_name: any } },
  { asks: "GET /fine-tunes/ft-1/checkpoints", answers: { data: [{ checkpoint_type: "final", path: any, step: 10 }] } },
  { asks: "GET /finetune/download?ft_id=ft-1", status: 400 },
  { asks: "GET /finetune/download?ft_id=ft-1&checkpoint=halves", status: 400 },
  { asks: "GET /finetune/download?ft_id=ft-1&checkpoint=merged", answers: expect.stringContaining("(merged)") },
  { asks: "GET /finetune/download?ft_id=ft-1&checkpoint=adapter", answers: expect.stringContaining("(adapter)") },
  { asks: "GET /finetune/download?ft_id=ft-1&checkpoint_step=10", answers: expect.stringContaining("(step 10)") },
  { asks: "GET /finetune/download?ft_id=ft-1&checkpoint_step=3", status: 404 },
  { asks: "POST /chat/completions", json: ask("fake-account/tunable-base-s"), answers: answered("At 3") },
  { asks: "POST /fine-tunes", json: { model: "tunable-base", training_file: "file-1-0" }, answers: { id: "ft-2" } },
  { asks: "POST /fine-tunes/ft-2/cancel", answers: { status: "cancel_requested" } },
  { asks: "GET /fine-tunes/ft-2", afterMs: 5000, answers: { status: "cancelled" } },
  { asks: "DELETE /fine-tunes/ft-2", answers: { message: any } },
  { asks: "GET /fine-tunes/ft-2", status: 404 },
  { asks: "DELETE /files/file-1-0", answers: { id: "file-1-0", deleted: true } },
];

const root = "/v1/accounts/fake-account";
const dataset = `${root}/datasets/boats`;
const jobAt = (kind: string, id: string) => `${root}/${kind}/${id}`;
const sft = jobAt("supervisedFineTuningJobs", "one");
const base = "accounts/fireworks/models/tunable-base";
const wish = { dataset: "accounts/fake-account/datasets/boats", baseModel: base };
const outputModel = "accounts/fake-account/models/m";
const newDataset = (datasetId: string) => ({
  ...{ datasetId, dataset: { userUploaded: {}, exampleCount: "12", format: "CHAT" } },
});
const signedUrls = (name: string, to: string) => ({ filenameToSignedUrls: { [name]: expect.stringContaining(to) } });

const fireworks: readonly Row[] = [
  { asks: `GET /v1/${base}`, answers: { state: "READY", tunable: true } },
  { asks: `POST ${root}/datasets`, json: newDataset("boats"), answers: { state: "UPLOADING", exampleCount: "12" } },
  { asks: `POST ${root}/datasets`, json: newDataset("boats"), status: 409, answers: { code: "ALREADY_EXISTS" } },
  { asks: `POST ${root}/datasets`, json: newDataset("more"), answers: { state: "UPLOADING" } },
  { asks: `POST ${root}/datasets`, json: newDataset("most"), answers: { state: "UPLOADING" } },
  {
    asks: `POST ${dataset}:upload`,
    body: formWith({}),
    answers: { object: "file", bytes: data.length, filename: any },
  },
  {
    asks: `POST ${root}/datasets/more:getUploadEndpoint`,
    json: { filenameToSize: { "f.jsonl": "9" } },
    answers: signedUrls("f.jsonl", "/signed/more"),
  },
  { asks: "PUT /signed/more", body: () => data, hasNoKey: true },
  { asks: `POST ${root}/datasets/more:validateUpload`, json: {}, answers: {} },
  {
    asks: `GET ${dataset}`,
    afterMs: 10_000,
    answers: { state: "READY", status: { code: "OK" }, estimatedTokenCount: expect.any(String) },
  },
  { asks: `GET ${root}/datasets`, answers: { datasets: few(2), nextPageToken: "2", totalSize: 3 } },
  { asks: `GET ${root}/datasets?pageToken=2`, answers: { datasets: few(1), totalSize: 3 } },
  { asks: `GET ${root}/datasets?filter=state%3D%22UPLOADING%22`, answers: { datasets: few(1), totalSize: 1 } },
  { asks: `PATCH ${dataset}`, json: { displayName: "Boats" }, answers: { displayName: "Boats" } },
  { asks: `GET ${dataset}:getDownloadEndpoint`, answers: signedUrls("boats.jsonl", "/signed/boats") },
  { asks: "GET /signed/boats", hasNoKey: true, answers: data },
  { asks: `DELETE ${root}/datasets/most`, answers: {} },
  { asks: `GET ${root}/datasets/most`, status: 404, answers: { code: "NOT_FOUND", message: any, details: [] } },
  {
    asks: `POST ${root}/supervisedFineTuningJobs?supervisedFineTuningJobId=one`,
    json: { ...wish, outputModel },
    answers: { state: "JOB_STATE_CREATING", outputModel, createTime: any },
  },
  { asks: `POST ${root}/supervisedFineTuningJobs`, json: { ...wish, earlyStop: true }, status: 400 },
  {
    asks: `POST ${root}/dpoJobs?dpoJobId=two`,
    json: { dataset: wish.dataset, trainingConfig: { baseModel: base }, lossConfig: { method: "DPO" } },
    answers: { state: "JOB_STATE_CREATING" },
  },
  { asks: `POST ${root}/reinforcementFineTuningJobs`, json: wish, status: 501, answers: { code: "UNIMPLEMENTED" } },
  {
    asks: `GET ${root}/supervisedFineTuningJobs?pageSize=200&orderBy=createTime%20desc&readMask=name`,
    answers: { supervisedFineTuningJobs: [{ name: sft.slice(4) }], totalSize: 1 },
  },
  { asks: `GET ${root}/supervisedFineTuningJobs?filter=state%3DJOB_STATE_FAILED`, answers: { totalSize: 0 } },
  { asks: `GET ${root}/dpoJobs`, answers: { dpoJobs: few(1) } },
  { asks: `POST ${sft}:resume`, json: {}, answers: {} },
  {
    asks: `GET ${sft}`,
    afterMs: 200_000,
    answers: {
      ...{ state: "JOB_STATE_RUNNING", metricsFileSignedUrl: any, renderSamplesSignedUrl: any },
      ...{ trainerLogsSignedUrl: expect.stringContaining("/signed/jobs/"), jobProgress: { percent: 50, epoch: 0 } },
      estimatedCost: { currencyCode: "USD", units: "0", nanos: 750_000_000 },
    },
  },
  {
    asks: "GET /signed/jobs/supervisedFineTuningJobs/one/metricsFile",
    hasNoKey: true,
    answers: expect.stringContaining("loss"),
  },
  { asks: `POST ${jobAt("dpoJobs", "two")}:cancel`, json: {}, answers: {} },
  { asks: `GET ${jobAt("dpoJobs", "two")}`, answers: { state: "JOB_STATE_CANCELLING" } },
  { asks: `DELETE ${jobAt("dpoJobs", "two")}`, answers: {} },
  { asks: `GET ${jobAt("dpoJobs", "two")}`, status: 404 },
  { asks: `GET ${sft}`, afterMs: 300_000, answers: { state: "JOB_STATE_COMPLETED", completedTime: any } },
  { asks: `POST ${root}/deployments`, json: {}, status: 400, answers: { code: "INVALID_ARGUMENT" } },
  {
    asks: `POST ${root}/deployments?deploymentId=d&validateOnly=true`,
    json: { baseModel: outputModel },
    answers: { minReplicaCount: 0 },
  },
  { asks: `GET ${root}/deployments/d`, status: 404 },
  { asks: `POST ${root}/deployments?deploymentId=d`, json: { baseModel: outputModel }, answers: { state: "CREATING" } },
  { asks: `GET ${root}/deployments`, answers: { deployments: few(1), totalSize: 1 } },
  { asks: "POST /inference/v1/chat/completions", json: ask(outputModel), answers: answered("At 3") },
  { asks: `DELETE ${root}/deployments/d`, answers: {} },
];

test("OpenAI's protocol: every endpoint answers", async () => {
  const clock = testClock();
  const fake = await fakeOpenAi({ now: clock.now });
  expect(await gapsOf(fake, clock, fake.url, openAi)).toEqual([]);
});

test("Together's protocol: every endpoint answers", async () => {
  const clock = testClock();
  const fake = await fakeTogether({ now: clock.now });
  expect(await gapsOf(fake, clock, fake.url, together)).toEqual([]);
});

test("Fireworks' protocol: every endpoint answers", async () => {
  const clock = testClock();
  const fake = await fakeFireworks({ now: clock.now });
  expect(await gapsOf(fake, clock, fake.url, fireworks)).toEqual([]);
});
