// The files of the fake Together: registered, put behind a redirect, looked at for a while, and then taken or refused.
import { type Ledger, linesOf } from "./fake-jobs.ts";
import type { FakeReply, FakeRequest, JsonObject } from "./fake-service.ts";
import { openAiFailure as failure } from "./fake-training-service.ts";

export type FakeFile = {
  readonly id: string;
  readonly name: string;
  readonly registeredAt: number;
  text?: string;
  putAt?: number;
};
export type FilesState = {
  readonly now: () => number;
  readonly presignedMs: number;
  readonly checkMs: number;
  readonly url: string;
  readonly files: FakeFile[];
  readonly ledger: Ledger;
};

export function files(state: FilesState, { method, query }: FakeRequest, id?: string, part?: string): FakeReply {
  if (id === undefined && method === "POST") return register(state, query);
  if (id === undefined) return { json: { data: state.files.map((file) => fileObject(state, file)) } };
  const found = state.files.find((one) => one.id === id);
  if (found === undefined) return failure(404, `no file ${id}`, "not_found");
  if (part === "content") return { text: found.text ?? "" };
  if (method !== "DELETE") return { json: fileObject(state, found) };
  state.files.splice(state.files.indexOf(found), 1);
  if (found.text !== undefined) state.ledger.add("delete", id);
  return { json: { id, deleted: true } };
}

/** Answers with the address of the upload in a redirect that is not to be followed. */
function register(state: FilesState, query: URLSearchParams): FakeReply {
  const [name, type, purpose] = ["file_name", "file_type", "purpose"].map((key) => query.get(key));
  if (!name || type !== "jsonl" || purpose !== "fine-tune") return failure(400, "file_name, file_type, purpose");
  const file = {
    id: `file-${state.files.length + 1}-${state.ledger.count("upload")}`,
    name,
    registeredAt: state.now(),
  };
  state.files.push(file);
  const headers = { location: `${state.url}/presigned/${file.id}?signature=x`, "x-together-file-id": file.id };
  return { status: 302, headers, text: "" };
}

export function put(state: FilesState, { method, headers, body }: FakeRequest, id: string): FakeReply {
  const file = state.files.find((one) => one.id === id);
  if (file === undefined || method !== "PUT") return failure(404, "no such upload");
  if (headers["authorization"] !== undefined) return failure(400, "a presigned address takes no key");
  if (state.now() > file.registeredAt + state.presignedMs) return { status: 403, text: "Request has expired" };
  if (headers["content-length"] !== String(body.length)) return failure(411, "content-length");
  file.text = body.toString("utf8");
  file.putAt = state.now();
  state.ledger.add("upload", file.text);
  return { text: "" };
}

function fileObject(state: FilesState, file: FakeFile): JsonObject {
  const { id, name, text, putAt } = file;
  return {
    ...{ id, object: "file", bytes: Buffer.byteLength(text ?? ""), created_at: 1, filename: name },
    ...{ FileType: "jsonl", Processed: isChecked(state, file), purpose: "fine-tune" },
    processing_status: putAt === undefined ? "PENDING" : checked(state, file),
    ...(isChecked(state, file) ? { validation_report: report(text ?? "") } : {}),
  };
}

export const isChecked = ({ now, checkMs }: FilesState, { putAt }: FakeFile): boolean =>
  putAt !== undefined && now() >= putAt + checkMs;

function checked(state: FilesState, file: FakeFile): string {
  if (!isChecked(state, file)) return state.now() < (file.putAt ?? 0) + state.checkMs / 2 ? "QUEUED" : "RUNNING";
  return report(file.text ?? "").valid ? "COMPLETED" : "INVALID_FORMAT";
}

/** One line that says so itself is enough to spoil a file. */
export function report(text: string): { readonly valid: boolean; readonly nlines: number; readonly error?: string } {
  const lines = linesOf(text);
  const bad = lines.findIndex((line) => line.includes("SPOILT"));
  return bad < 0
    ? { valid: true, nlines: lines.length }
    : { valid: false, nlines: lines.length, error: `line ${bad + 1} is spoilt` };
}
