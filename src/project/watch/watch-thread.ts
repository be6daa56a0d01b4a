// Watching in a thread of its own, so that answers do not wait while documents are read.
import { Worker } from "node:worker_threads";
import type { Watching, WatchOptions } from "./watch.ts";

/** Its commits come from a connection of their own: whoever serves the project notices them as another command's. */
export function watchInThread(directory: string, onEvent: WatchOptions["onEvent"]): Watching {
  // `.ts` in a checkout, `.js` in the published package: the worker has this module's own extension.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./watch-worker.${extension}`, import.meta.url), {
    workerData: directory,
    execArgv: [],
  });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  worker.on("message", onEvent);
  worker.on("error", ({ message }) => onEvent({ event: "failed", code: "internal", message }));
  return {
    async stop() {
      worker.postMessage("stop");
      await ended;
    },
  };
}
