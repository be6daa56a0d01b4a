// Parses a file in a thread with limits on time and memory, so that no file can hang or crash the process.
// One thread serves all files in turn; after a timeout or a crash the next file gets a fresh one.
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { RawSource, SourceDocument } from "../core/documents.ts";
import { unreadable } from "./read-result.ts";

export type WorkerRequest = RawSource;
export type WorkerReply =
  | { readonly documents: readonly SourceDocument[] }
  /** `isExplained`: the message is a sentence for the user. */
  | { readonly message: string; readonly isExplained: boolean };

export type WorkerLimits = { readonly timeoutMs: number; readonly signal?: AbortSignal };

/** Enough for any document that a person reads; a file that wants more fails alone. */
const memoryMb = 2_048;

let idle: Worker | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** Documents of a file, by the parser for its extension. Throws `unreadable-document` for whatever goes wrong with it. */
export function parseInWorker(raw: RawSource, limits: WorkerLimits): Promise<readonly SourceDocument[]> {
  const result = turn.then(() => parseAlone(raw, limits));
  turn = result.catch(() => {});
  return result;
}

async function parseAlone(raw: RawSource, { timeoutMs, signal }: WorkerLimits): Promise<readonly SourceDocument[]> {
  signal?.throwIfAborted();
  const worker = idle ?? startWorker();
  idle = undefined;
  worker.ref();
  try {
    const reply = await replyOf(worker, raw, timeoutMs, signal);
    idle = worker;
    if ("documents" in reply) return reply.documents;
    throw unreadable(reply.isExplained ? reply.message : `the file is damaged (${firstLine(reply.message)})`);
  } finally {
    if (idle === worker) worker.unref();
    else await worker.terminate();
  }
}

/** The compiled package has .js where the source has .ts. */
function startWorker(): Worker {
  const extension = extname(fileURLToPath(import.meta.url));
  return new Worker(new URL(`./parse-worker${extension}`, import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    stdout: true,
    stderr: true,
  });
}

function replyOf(worker: Worker, raw: RawSource, timeoutMs: number, signal?: AbortSignal): Promise<WorkerReply> {
  const { promise, resolve, reject } = Promise.withResolvers<WorkerReply>();
  const timer = setTimeout(() => reject(unreadable(`reading it took longer than ${timeoutMs / 1_000} s`)), timeoutMs);
  const onAbort = () => reject(signal?.reason as Error);
  const onError = (cause: Error) => reject(unreadable(`reading it failed (${firstLine(cause.message)})`, cause));
  const onExit = () => reject(unreadable("reading it ended unexpectedly"));
  signal?.addEventListener("abort", onAbort, { once: true });
  worker.once("message", resolve).once("error", onError).once("exit", onExit);
  worker.postMessage(raw);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    worker.off("message", resolve).off("error", onError).off("exit", onExit);
  });
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? "";
}
