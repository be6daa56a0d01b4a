// Has a worker do a job: finds the one that still trains or starts one, follows what it tells, and stops it when asked.
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { CallOptions } from "../../core/component.ts";
import type { Progress, ProgressStage } from "../../core/progress.ts";
import type { EngineCommand } from "./engine-command.ts";
import { deathOf, workerError } from "./worker-errors.ts";
import { openWorkerLog } from "./worker-log.ts";
import type { Done, Hello, WorkerMessage } from "./worker-message.ts";
import { livingWorker, startWorker } from "./worker-process.ts";
import { lastSession } from "./worker-story.ts";

export type WorkerEnd = { readonly hello: Hello; readonly done: Done };

const pollMs = 200;

/** Throws `AssayError` for a worker that fails or dies; what it saved is kept, and running again goes on from there. */
export async function runWorker(
  directory: string,
  engine: () => Promise<EngineCommand>,
  { progress, signal }: CallOptions & { readonly progress: Progress },
): Promise<WorkerEnd> {
  const log = openWorkerLog(directory);
  const before = log.next();
  const finished = finishedUnseen(before);
  if (finished) return finished;
  const living = livingWorker(before);
  const worker = living ?? startWorker(directory, await engine());
  const session = listening(progress, living ? before : []);
  let isStopping = false;
  try {
    for (;;) {
      // Asked before the log is read: what it told just before it went is then in what is read.
      const exit = worker.exit();
      const end = session.hear(log.next());
      if (end) return end;
      if (exit) throw deathOf(exit, directory, session.step());
      if (signal?.aborted && !isStopping) {
        isStopping = true;
        worker.stop();
      }
      await wait(pollMs);
    }
  } finally {
    session.close();
  }
}

/** It came to its end while nobody followed it. */
function finishedUnseen(messages: readonly WorkerMessage[]): WorkerEnd | undefined {
  const last = lastSession(messages);
  if (!last?.ended || last.ended === "error" || last.ended.artefact === null) return undefined;
  return existsSync(last.ended.artefact.path) ? { hello: last.hello, done: last.ended } : undefined;
}

type Listening = {
  hear(messages: readonly WorkerMessage[]): WorkerEnd | undefined;
  step(): number;
  close(): void;
};

/** `before`: what a worker that is joined now has told already. */
function listening(progress: Progress, before: readonly WorkerMessage[]): Listening {
  let hello = lastSession(before)?.hello;
  // uv may have gigabytes to fetch before a worker can say anything.
  const start = progress.start("start the training worker");
  let bar: ProgressStage | undefined;
  let step = 0;
  const hear = (messages: readonly WorkerMessage[]): WorkerEnd | undefined => {
    for (const message of messages) {
      if (message.type === "hello") hello = message;
      if (message.type === "error") throw workerError(message);
      if (message.type === "done" && hello) return { hello, done: message };
      if (message.type === "progress") {
        if (!bar) start.end();
        bar ??= progress.start("train", message.totalSteps);
        bar.advance(message.step - step, noteOf(message));
        step = message.step;
      }
    }
    return undefined;
  };
  hear(before.slice(before.findLastIndex(({ type }) => type === "hello")));
  return { hear, step: () => step, close: () => (bar ? bar.end(`${step} steps`) : start.end()) };
}

function noteOf({ loss, tokensPerSecond }: Extract<WorkerMessage, { type: "progress" }>): string {
  const pace = tokensPerSecond === null ? "" : `, ${Math.round(tokensPerSecond).toLocaleString("en")} tokens/s`;
  return `loss ${loss?.toFixed(3) ?? "–"}${pace}`;
}
