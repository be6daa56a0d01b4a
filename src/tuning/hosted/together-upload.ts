// A file to Together: registered first, then put behind the redirect that the registration answers with, then checked there.
import type { CallOptions } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import { type DatasetFile, refusedFile } from "./dataset-file.ts";
import type { Journal } from "./journal.ts";
import { type Fields, fieldsOf, listOf, numberOf, textOf } from "./replies.ts";
import { ServiceError } from "./service-error.ts";
import type { Service } from "./service-http.ts";

const filePollMs = 2000;
/** A presigned address lives for minutes; one that is as old as a killed run is registered anew. */
const mostTries = 4;

const registerAct = (file: DatasetFile): string => `register ${file.hash}`;
const putAct = (file: DatasetFile): string => `put ${file.hash}`;

type Registered = { readonly id: string; readonly location: string };

/** The id of the file once it is checked. Throws `AssayError` `bad-examples` for one that Together refuses. */
export async function uploadFile(
  service: Service,
  file: DatasetFile,
  journal: Journal,
  call: CallOptions = {},
): Promise<string> {
  const whole = journal.made(putAct(file)) ?? (await putWhole(service, file, call));
  const id = whole === undefined ? await sent(service, file, journal, call) : String(whole);
  if (journal.made(putAct(file)) === undefined) journal.note(putAct(file), id);
  await isChecked(service, id, call);
  return id;
}

export async function removeFile(
  service: Service,
  file: DatasetFile,
  id: string,
  journal: Journal,
  call: CallOptions = {},
): Promise<void> {
  journal.undo(putAct(file));
  journal.undo(registerAct(file));
  await service.call({ method: "DELETE", path: `/files/${id}`, ...call });
}

async function sent(service: Service, file: DatasetFile, journal: Journal, call: CallOptions): Promise<string> {
  for (let tries = 1; ; tries++) {
    const { id, location } = await registered(service, file, journal, call);
    try {
      await put(service, location, file, call);
      return id;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      // The bytes may have arrived without our hearing of it.
      if (await isWhole(service, id, file, call)) return id;
      const isExpired = error.status === 403 || error.status === 400 || error.status === 404;
      if (!(isExpired || error.isTransient) || tries >= mostTries) throw error;
      if (isExpired) await forget(service, file, id, journal, call);
      else await service.clock.sleep(error.retryAfterMs ?? filePollMs, call.signal);
    }
  }
}

function registered(service: Service, file: DatasetFile, journal: Journal, call: CallOptions): Promise<Registered> {
  return journal.once<Registered>(registerAct(file), {
    find: async () => {
      // A registration whose address was never heard is of no use: nothing can be put there.
      for (const one of await filesNamed(service, file, call)) {
        const id = textOf(one["id"]);
        if (id !== null) await deleteFile(service, id, call);
      }
      return undefined;
    },
    perform: () => register(service, file, call),
  });
}

async function register(service: Service, file: DatasetFile, call: CallOptions): Promise<Registered> {
  const query = { file_name: file.name, file_type: "jsonl", purpose: "fine-tune" };
  const { status, headers } = await service.call({
    ...{ method: "POST", path: "/files", query, keepsRedirects: true, ...call },
    body: () => new URLSearchParams(query),
  });
  const [location, id] = [headers.get("location"), headers.get("x-together-file-id")];
  if (status === 302 && location !== null && id !== null) return { id, location };
  throw new AssayError({
    code: "model-failed",
    message: `${service.label} answered ${status} where an upload address was expected`,
    remedy: "check tuning.trainers.together.baseUrl",
  });
}

async function put(service: Service, location: string, file: DatasetFile, call: CallOptions): Promise<void> {
  const headers = { "content-type": "application/octet-stream", "content-length": String(file.bytes) };
  await service.call({ method: "PUT", path: location, isRepeatable: false, headers, body: () => file.text, ...call });
}

async function forget(
  service: Service,
  file: DatasetFile,
  id: string,
  journal: Journal,
  call: CallOptions,
): Promise<void> {
  journal.undo(registerAct(file));
  await deleteFile(service, id, call);
}

/** One that is gone already is gone. */
async function deleteFile(service: Service, id: string, call: CallOptions): Promise<void> {
  try {
    await service.call({ method: "DELETE", path: `/files/${id}`, ...call });
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 404) throw error;
  }
}

async function filesNamed(service: Service, file: DatasetFile, call: CallOptions): Promise<readonly Fields[]> {
  const { body } = await service.call({ method: "GET", path: "/files", ...call });
  return listOf(fieldsOf(body)["data"]).filter((one) => one["filename"] === file.name);
}

/** The same content, there from end to end: an earlier upload whose answer was lost. */
async function putWhole(service: Service, file: DatasetFile, call: CallOptions): Promise<string | undefined> {
  const isThere = (one: Fields) => numberOf(one["bytes"]) === file.bytes && !isRefused(one);
  return textOf((await filesNamed(service, file, call)).find(isThere)?.["id"]) ?? undefined;
}

async function isWhole(service: Service, id: string, file: DatasetFile, call: CallOptions): Promise<boolean> {
  const { body } = await service.call({ method: "GET", path: `/files/${id}`, ...call });
  return numberOf(fieldsOf(body)["bytes"]) === file.bytes;
}

const isRefused = ({ processing_status: status }: Fields): boolean =>
  status === "FAILED" || status === "INVALID_FORMAT";

async function isChecked(service: Service, id: string, call: CallOptions): Promise<void> {
  for (;;) {
    const file = fieldsOf((await service.call({ method: "GET", path: `/files/${id}`, ...call })).body);
    const report = fieldsOf(file["validation_report"]);
    if (isRefused(file) || report["valid"] === false) {
      const what = `the file ${id} (${textOf(file["processing_status"])})`;
      throw refusedFile(service.label, what, textOf(report["error"]));
    }
    const status = textOf(file["processing_status"]);
    if (status === null || status === "COMPLETED") return;
    await service.clock.sleep(filePollMs, call.signal);
  }
}
