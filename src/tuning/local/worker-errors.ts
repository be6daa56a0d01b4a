// A worker's failures in one line each, with the next command. The kinds are the protocol's; the words are the worker's own.
import { AssayError, type ErrorCode } from "../../core/errors.ts";
import type { WorkerFailure } from "./worker-message.ts";
import { printFile, type WorkerExit } from "./worker-process.ts";

const codes: Readonly<Record<string, ErrorCode>> = {
  "out-of-memory": "out-of-memory",
  "no-cuda": "no-device",
  "no-device": "no-device",
  driver: "no-device",
  "missing-package": "missing-package",
  "disk-full": "disk-full",
  "already-running": "state-in-use",
  "bad-base": "bad-input",
  "bad-examples": "bad-examples",
  "bad-job": "bad-usage",
};

export function workerError({ code, message, advice }: WorkerFailure): AssayError {
  const known = codes[code];
  return new AssayError({
    code: known ?? "internal",
    message,
    remedy: known === "state-in-use" ? advice : `${advice}, then: assay tune resume`,
    isRetryable: known === "disk-full" || known === "state-in-use",
  });
}

/** It went without a word: killed, or never begun. */
export function deathOf(exit: WorkerExit, directory: string, step: number): AssayError {
  if (exit.told) return workerError(exit.told);
  const prints = printFile(directory);
  if (exit.startError) {
    return new AssayError({
      code: "missing-package",
      message: `the training worker could not be started: ${exit.startError.message}`,
      remedy: "check tuning.local.python, or install uv: https://docs.astral.sh/uv",
      cause: exit.startError,
    });
  }
  if (exit.signal === "SIGKILL") {
    return new AssayError({
      code: "out-of-memory",
      message: `the training worker was killed at step ${step}, as systems do when memory runs out; its last checkpoint is kept`,
      remedy: "assay tune resume; if it happens again, halve tuning.local.microBatchSize",
      isRetryable: true,
    });
  }
  const how = exit.signal ?? (exit.code === null ? "no word" : `exit code ${exit.code}`);
  return new AssayError({
    code: "internal",
    message: `the training worker ended at step ${step} with ${how}; its last checkpoint is kept, and ${prints} says more`,
    remedy: "assay tune resume",
    isRetryable: true,
  });
}
