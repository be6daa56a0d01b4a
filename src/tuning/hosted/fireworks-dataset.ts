// A file to Fireworks: a dataset under an id that its content names, filled by one of two ways, ready once it was checked there.
import type { CallOptions } from "../../core/component.ts";
import { type DatasetFile, formWith, refusedFile } from "./dataset-file.ts";
import type { Journal } from "./journal.ts";
import { type Fields, fieldsOf, textOf } from "./replies.ts";
import { ServiceError } from "./service-error.ts";
import type { Service } from "./service-http.ts";

const pollMs = 2000;
/** How long bytes that may have arrived are waited for before they are sent again. */
const arrivalMs = 60_000;

const createAct = (file: DatasetFile): string => `dataset ${file.hash}`;
const fillAct = (file: DatasetFile): string => `fill ${file.hash}`;

export type Place = {
  readonly service: Service;
  /** `/v1/accounts/a`. */
  readonly root: string;
  /** Larger files go to a signed address. */
  readonly mostDirectBytes: number;
};

/** The dataset's name, `accounts/a/datasets/x`. Throws `AssayError` `bad-examples` for one that Fireworks refuses. */
export async function uploadDataset(
  { service, root, mostDirectBytes }: Place,
  file: DatasetFile,
  journal: Journal,
  call: CallOptions = {},
): Promise<string> {
  const id = `assay-${file.hash}`;
  const path = `${root}/datasets/${id}`;
  await journal.once(createAct(file), {
    find: async () => ((await datasetAt(service, path, call)) === undefined ? undefined : id),
    perform: async () => {
      await create(service, root, id, file, call);
      return id;
    },
  });
  await journal.once(fillAct(file), {
    find: async (isDoubtful) => ((await isReady(service, path, isDoubtful ? arrivalMs : 0, call)) ? id : undefined),
    perform: async () => {
      await (file.bytes <= mostDirectBytes ? sendDirectly : sendBySignedAddress)(service, path, file, call);
      return id;
    },
  });
  await isReady(service, path, Number.POSITIVE_INFINITY, call);
  return path.replace(/^\/v1\//, "");
}

export async function removeDataset(
  service: Service,
  file: DatasetFile,
  name: string,
  journal: Journal,
  call: CallOptions = {},
): Promise<void> {
  journal.undo(fillAct(file));
  journal.undo(createAct(file));
  await service.call({ method: "DELETE", path: `/v1/${name}`, ...call });
}

/** Refused as existing means that an earlier try went through. */
async function create(
  service: Service,
  root: string,
  id: string,
  { examples }: DatasetFile,
  call: CallOptions,
): Promise<void> {
  const dataset = { userUploaded: {}, exampleCount: String(examples), format: "CHAT" };
  try {
    await service.call({ method: "POST", path: `${root}/datasets`, json: { datasetId: id, dataset }, ...call });
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 409) throw error;
  }
}

async function sendDirectly(service: Service, path: string, file: DatasetFile, call: CallOptions): Promise<void> {
  const body = () => formWith(file);
  await service.call({ method: "POST", path: `${path}:upload`, body, ...call });
}

async function sendBySignedAddress(
  service: Service,
  path: string,
  file: DatasetFile,
  call: CallOptions,
): Promise<void> {
  const json = { filenameToSize: { [file.name]: String(file.bytes) } };
  const { body } = await service.call({
    method: "POST",
    path: `${path}:getUploadEndpoint`,
    json,
    isRepeatable: true,
    ...call,
  });
  const address = textOf(fieldsOf(fieldsOf(body)["filenameToSignedUrls"])[file.name]);
  if (address === null) throw ServiceError.unreadable(service.label, JSON.stringify(body));
  const headers = { "content-type": "application/octet-stream" };
  await service.call({ method: "PUT", path: address, headers, body: () => file.text, ...call });
  await service.call({ method: "POST", path: `${path}:validateUpload`, json: {}, isRepeatable: true, ...call });
}

async function datasetAt(service: Service, path: string, call: CallOptions): Promise<Fields | undefined> {
  try {
    return fieldsOf((await service.call({ method: "GET", path, ...call })).body);
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return undefined;
    throw error;
  }
}

/** Waits for it at most so long. Throws `AssayError` where the dataset is refused. */
async function isReady(service: Service, path: string, mostMs: number, call: CallOptions): Promise<boolean> {
  const { clock, label } = service;
  for (const until = clock.now() + mostMs; ; ) {
    const dataset = (await datasetAt(service, path, call)) ?? {};
    if (dataset["state"] === "READY") return true;
    const { code, message } = fieldsOf(dataset["status"]);
    if (textOf(code) !== null && code !== "OK") throw refusedFile(label, `the dataset (${code})`, textOf(message));
    if (clock.now() >= until) return false;
    await clock.sleep(pollMs, call.signal);
  }
}
