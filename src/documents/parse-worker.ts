// The other side of parse-in-worker.ts: parses one file at a time in a thread that may be killed.
import { parentPort } from "node:worker_threads";
import type { SourceDocument } from "../core/documents.ts";
import { AssayError } from "../core/errors.ts";
import { parserFor } from "./formats.ts";
import type { WorkerReply, WorkerRequest } from "./parse-in-worker.ts";

parentPort?.on("message", (request: WorkerRequest) => {
  void replyTo(request).then((reply) => parentPort?.postMessage(reply));
});

async function replyTo({ source, bytes }: WorkerRequest): Promise<WorkerReply> {
  try {
    const documents: SourceDocument[] = [];
    for await (const document of parserFor(source)?.parse({ source, bytes }) ?? []) documents.push(document);
    return { documents };
  } catch (cause) {
    const known = AssayError.isInstance(cause);
    return { isExplained: known, message: cause instanceof Error ? cause.message : String(cause) };
  }
}
