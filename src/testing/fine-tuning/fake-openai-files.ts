// The files of the fake OpenAI: those that were posted, and the losses of trained jobs as files of their own; and lists by the page.
import { type FakeJob, type Ledger, lossAt, totalSteps } from "./fake-jobs.ts";
import { type FakeReply, type FakeRequest, formOf, type JsonObject } from "./fake-service.ts";
import { openAiFailure as failure } from "./fake-training-service.ts";

export type FakeFile = {
  readonly id: string;
  readonly name: string;
  readonly text: string;
  readonly createdAt: number;
  readonly purpose: "fine-tune" | "fine-tune-results";
  /** Seconds. */
  readonly expiresAt?: number;
};

export type OpenAiFiles = {
  readonly now: () => number;
  readonly files: FakeFile[];
  /** Made by the service itself. */
  readonly results: () => readonly FakeFile[];
  readonly ledger: Ledger;
};

export async function files(state: OpenAiFiles, request: FakeRequest, id?: string, part?: string): Promise<FakeReply> {
  const { method, query } = request;
  if (method === "POST") return post(state, request);
  const all = [...state.files, ...state.results()];
  if (id === undefined) return listed(all, query);
  const found = all.find((one) => one.id === id);
  if (found === undefined) return failure(404, "No such File object", "not_found");
  if (part === "content") return { text: found.text };
  if (method !== "DELETE") return { json: fileObject(found) };
  if (state.files.includes(found)) state.files.splice(state.files.indexOf(found), 1);
  state.ledger.add("delete", id);
  return { json: { id, object: "file", deleted: true } };
}

async function post(state: OpenAiFiles, request: FakeRequest): Promise<FakeReply> {
  const form = await formOf(request);
  const file = form.get("file");
  if (form.get("purpose")?.text !== "fine-tune" || file === undefined) {
    return failure(400, "purpose and file are required");
  }
  const seconds = Number(form.get("expires_after[seconds]")?.text ?? Number.NaN);
  if (seconds < 3600 || seconds > 2_592_000) return failure(400, "expires_after[seconds]");
  const expiry = Number.isNaN(seconds) ? {} : { expiresAt: Math.floor(state.now() / 1000) + seconds };
  const made = {
    ...{ id: `file-${state.files.length + 1}`, name: file.name, text: file.text, createdAt: state.now() },
    ...{ purpose: "fine-tune" as const, ...expiry },
  };
  state.files.push(made);
  state.ledger.add("upload", file.text);
  return { json: fileObject(made) };
}

function listed(all: readonly FakeFile[], query: URLSearchParams): FakeReply {
  const purpose = query.get("purpose");
  const fitting = all.filter((file) => purpose === null || file.purpose === purpose).map(fileObject);
  return page(query.get("order") === "asc" ? fitting : fitting.toReversed(), query);
}

const fileObject = ({ id, name, text, createdAt, purpose, expiresAt }: FakeFile): JsonObject => ({
  ...{ id, object: "file", bytes: Buffer.byteLength(text), created_at: Math.floor(createdAt / 1000), filename: name },
  ...{ purpose, status: "processed", ...(expiresAt === undefined ? {} : { expires_at: expiresAt }) },
});

/** What a trained job leaves: its losses, step by step. */
export function resultFile(job: FakeJob<JsonObject>): FakeFile {
  const rows = Array.from({ length: totalSteps }, (_, at) => {
    const loss = lossAt(at + 1);
    const isLast = at + 1 === totalSteps;
    return [at + 1, loss, 0.5, isLast ? loss + 0.1 : "", isLast ? 0.5 : ""].join(",");
  });
  const text = ["step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy", ...rows, ""].join("\n");
  const id = `file-result-${job.id.replace("ftjob-", "")}`;
  return { id, name: "step_metrics.csv", text, createdAt: job.createdAt, purpose: "fine-tune-results" };
}

/** Lists are handed out by the page, `after` the last of the page before. */
export function page(items: readonly JsonObject[], query: URLSearchParams): FakeReply {
  const after = query.get("after");
  const from = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  const data = items.slice(from, from + Math.min(Number(query.get("limit") ?? 20), 3));
  return { json: { object: "list", data, has_more: from + data.length < items.length } };
}
