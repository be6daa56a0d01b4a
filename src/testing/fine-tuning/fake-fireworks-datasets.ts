// The datasets of the fake Fireworks: made under ids that clients choose, filled by one of two ways, looked at, and then ready.
import { account, failure, listed } from "./fake-fireworks-resources.ts";
import type { Ledger } from "./fake-jobs.ts";
import { type FakeReply, type FakeRequest, formOf, type JsonObject, jsonOf } from "./fake-service.ts";

type Dataset = {
  readonly id: string;
  readonly exampleCount: string;
  text?: string;
  filledAt?: number;
  displayName?: string;
};

export type DatasetState = {
  readonly now: () => number;
  readonly url: string;
  readonly checkMs: number;
  readonly datasets: Map<string, Dataset>;
  readonly ledger: Ledger;
};

export async function datasets(
  state: DatasetState,
  request: FakeRequest,
  id?: string,
  verb?: string,
): Promise<FakeReply> {
  if (id === undefined && request.method === "POST") return createDataset(state, jsonOf(request));
  if (id === undefined) {
    const all = [...state.datasets.values()].map((one) => datasetObject(state, one));
    return listed("datasets", all, request.query);
  }
  const dataset = state.datasets.get(id);
  if (dataset === undefined) return failure(404, `dataset ${id} not found`);
  if (verb === "upload") return fill(state, id, (await formOf(request)).get("file")?.text ?? "");
  if (verb === "getUploadEndpoint") {
    const [name = "f"] = Object.keys(jsonOf(request)["filenameToSize"] as JsonObject);
    return { json: { filenameToSignedUrls: { [name]: `${state.url}/signed/${id}` } } };
  }
  if (verb === "validateUpload") return { json: {} };
  if (verb === "getDownloadEndpoint") {
    return { json: { filenameToSignedUrls: { [`${id}.jsonl`]: `${state.url}/signed/${id}` } } };
  }
  if (verb !== undefined) return failure(404, `no verb ${verb}`);
  if (request.method === "PATCH") dataset.displayName = String(jsonOf(request)["displayName"] ?? "");
  if (request.method !== "DELETE") return { json: datasetObject(state, dataset) };
  state.datasets.delete(id);
  state.ledger.add("delete", id);
  return { json: {} };
}

function createDataset(state: DatasetState, body: JsonObject): FakeReply {
  const { datasetId, dataset } = body;
  const { exampleCount, format, userUploaded } = (dataset ?? {}) as JsonObject;
  if (typeof exampleCount !== "string") return failure(400, "exampleCount is a 64-bit integer and travels as text");
  if (format !== "CHAT" || userUploaded === undefined) return failure(400, "format and userUploaded are required");
  const id = String(datasetId);
  if (!/^[a-z0-9-]{1,63}$/.test(id)) return failure(400, "datasetId: lower case, digits, dashes");
  if (state.datasets.has(id)) return failure(409, `dataset ${id} exists`);
  const made = { id, exampleCount };
  state.datasets.set(id, made);
  return { json: datasetObject(state, made) };
}

/** A signed address takes the dataset, and gives it back. */
export function signed(state: DatasetState, { method, body }: FakeRequest, id: string): FakeReply {
  return method === "PUT" ? fill(state, id, body.toString("utf8")) : { text: state.datasets.get(id)?.text ?? "" };
}

function fill(state: DatasetState, id: string, text: string): FakeReply {
  const dataset = state.datasets.get(id);
  if (dataset === undefined) return failure(404, `dataset ${id} not found`);
  dataset.text = text;
  dataset.filledAt = state.now();
  state.ledger.add("upload", text);
  return {
    json: { id, object: "file", bytes: Buffer.byteLength(text), created_at: 1, filename: id, purpose: "fine-tune" },
  };
}

export function datasetObject(
  state: DatasetState,
  { id, exampleCount, text = "", filledAt, displayName = "" }: Dataset,
): JsonObject {
  const isChecked = filledAt !== undefined && state.now() >= filledAt + state.checkMs;
  const isSpoilt = isChecked && text.includes("SPOILT");
  return {
    ...{ name: `accounts/${account}/datasets/${id}`, exampleCount, format: "CHAT", displayName },
    state: isChecked && !isSpoilt ? "READY" : "UPLOADING",
    status: isSpoilt ? { code: "INVALID_ARGUMENT", message: "a line is spoilt" } : { code: "OK", message: "" },
    estimatedTokenCount: String(text.length),
  };
}
