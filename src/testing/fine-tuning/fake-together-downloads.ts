// What the fake Together hands out: archives of tuned weights, the tokenized dataset, and how a file would be tokenized.
import { type FakeJob, linesOf, timesOf, totalSteps } from "./fake-jobs.ts";
import type { FakeReply, JsonObject } from "./fake-service.ts";
import { isChecked } from "./fake-together-files.ts";
import { outputName, type TogetherState, words } from "./fake-together-job.ts";
import { openAiFailure as failure } from "./fake-training-service.ts";

const kinds = ["merged", "adapter", "model_output_path"];

/** The archive is a line of text that says what it would hold. */
export function download(state: TogetherState, query: URLSearchParams): FakeReply {
  const [id, kind, step] = ["ft_id", "checkpoint", "checkpoint_step"].map((name) => query.get(name));
  const job = state.jobs.find((one) => one.id === id);
  if (job === undefined) return failure(404, `no job ${id}`, "not_found");
  if (kind == null && step == null) return failure(400, "checkpoint is required unless checkpoint_step is given");
  if (kind != null && !kinds.includes(kind)) return failure(400, `checkpoint is one of ${kinds.join(", ")}`);
  const name = outputName(state, job);
  if (name === undefined) return failure(400, "the job has no checkpoint yet", "not_ready");
  if (step != null && Number(step) !== totalSteps) return failure(404, `no checkpoint at step ${step}`, "not_found");
  return {
    text: `archive of ${name} (${kind ?? `step ${step}`})`,
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename=${id}.tar.zst`,
    },
  };
}

/** There once training has begun. */
export function tokenizedDataset(state: TogetherState, job: FakeJob<JsonObject>): FakeReply {
  if (timesOf(job, state.now(), words).step === 0) return failure(404, "not tokenized yet", "not_found");
  return {
    json: {
      ...{
        url: `${state.url}/presigned/${job.id}?signature=x`,
        filename: `${job.id}.parquet`,
        size: job.content.length,
      },
      ...{ content_type: "application/octet-stream", expires_at: new Date(state.now() + 600_000).toISOString() },
    },
  };
}

const masked = -100;
const mostTokens = 4096;

/** Tokens of this fake are words; of each row those of the last answer are trained on. */
export function preview(state: TogetherState, body: JsonObject): FakeReply {
  const { model, training_file: id, top_k: most = 5, train_on_inputs: onInputs = "auto" } = body;
  const file = state.files.find((one) => one.id === id);
  if (!state.models.includes(String(model))) return failure(404, `no model ${String(model)}`, "not_found");
  if (file === undefined || !isChecked(state, file)) return failure(400, "training_file is not ready");
  const rows = linesOf(file.text ?? "").slice(0, Number(most));
  return {
    json: {
      ...{
        model: String(model),
        dataset_format: "conversation",
        max_seq_length: mostTokens,
        train_on_inputs: onInputs,
      },
      rows: rows.map((row) => rowOf(row, onInputs === true)),
    },
  };
}

type Row = { readonly messages?: readonly { readonly content: string }[] };

function rowOf(line: string, isOnInputs: boolean): JsonObject {
  const turns = ((JSON.parse(line) as Row).messages ?? []).map(({ content }) => content.split(" "));
  const tokens = turns.flat();
  const from = isOnInputs ? 0 : tokens.length - (turns.at(-1)?.length ?? 0);
  const ids = tokens.map((_, place) => place + 1);
  return {
    ...{ tokens, input_ids: ids, labels: ids.map((one, place) => (place < from ? masked : one)) },
    ...{ trained_spans: [[from, tokens.length]], num_tokens: tokens.length, num_trained_tokens: tokens.length - from },
    truncated: false,
  };
}
