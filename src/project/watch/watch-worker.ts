// The thread that `serve --watch` keeps documents in step with: it opens the project for itself and sends what it did.
import { parentPort, workerData } from "node:worker_threads";
import { openContext } from "../wiring/context.ts";
import { watchDocuments } from "./watch.ts";

const context = await openContext(workerData as string);
const watching = watchDocuments(context, { onEvent: (event) => parentPort?.postMessage(event) });
parentPort?.once("message", async () => {
  await watching.stop();
  context.close();
  parentPort?.close();
});
