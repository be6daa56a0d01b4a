// A file to a service of OpenAI's protocol: posted once, found again by name and size, and waited for where it is checked first.
import type { CallOptions } from "../../core/component.ts";
import { type DatasetFile, formWith, refusedFile } from "./dataset-file.ts";
import type { Journal } from "./journal.ts";
import { firstIn, idIn } from "./openai-lists.ts";
import { type Fields, fieldsOf, textOf } from "./replies.ts";
import type { Service } from "./service-http.ts";

const filePollMs = 2000;

/** The id of the file once it is taken. Throws `AssayError` `bad-examples` for one that is refused. */
export async function uploadFile(
  service: Service,
  file: DatasetFile,
  journal: Journal,
  call: CallOptions = {},
): Promise<string> {
  const id = await journal.once(postAct(file), {
    find: () => uploadedFile(service, file, call),
    perform: () => postFile(service, file, call),
  });
  await fileIsTaken(service, id, call);
  return id;
}

export async function removeFile(
  service: Service,
  file: DatasetFile,
  id: string,
  journal: Journal,
  call: CallOptions = {},
): Promise<void> {
  journal.undo(postAct(file));
  await service.call({ method: "DELETE", path: `/files/${id}`, ...call });
}

const postAct = (file: DatasetFile): string => `post ${file.hash}`;

async function uploadedFile(service: Service, file: DatasetFile, call: CallOptions): Promise<string | undefined> {
  const isIt = (one: Fields) =>
    one["filename"] === file.name && one["bytes"] === file.bytes && one["status"] !== "error";
  return textOf((await firstIn(service, "/files", { purpose: "fine-tune" }, isIt, call))?.["id"]) ?? undefined;
}

async function postFile(service: Service, file: DatasetFile, call: CallOptions): Promise<string> {
  const body = () => formWith(file, { purpose: "fine-tune" });
  return idIn(service, (await service.call({ method: "POST", path: "/files", body, ...call })).body);
}

/** The platform takes a file at once; Azure checks it first. The field is deprecated: absent means taken. */
async function fileIsTaken(service: Service, id: string, call: CallOptions): Promise<void> {
  for (;;) {
    const { body } = await service.call({ method: "GET", path: `/files/${id}`, ...call });
    const { status, status_details: details } = fieldsOf(body);
    if (status === "error") throw refusedFile(service.label, `the file ${id}`, textOf(details));
    if (status !== "pending" && status !== "running") return;
    await service.clock.sleep(filePollMs, call.signal);
  }
}
