// Starts a worker that outlives this process, finds one that did, and stops either. Knows no engine.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { EngineCommand } from "./engine-command.ts";
import { messagesIn } from "./worker-log.ts";
import type { WorkerFailure } from "./worker-message.ts";
import { lastSession } from "./worker-story.ts";

/** How it ended; `told` is what it said before it could write a log. */
export type WorkerExit = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  readonly startError?: Error;
  readonly told?: WorkerFailure;
};

export type WorkerHandle = {
  /** Undefined while it lives. */
  exit(): WorkerExit | undefined;
  /** It saves first, and says `done`. */
  stop(): void;
};

/** A worker beats every ten seconds. After this long another process may have got its number. */
const silentSeconds = 120;

/** What libraries print goes there, for whoever wants to know why. */
export const printFile = (directory: string): string => join(directory, "worker.log");

export function startWorker(directory: string, { command, args, environment }: EngineCommand): WorkerHandle {
  mkdirSync(directory, { recursive: true });
  const prints = openSync(printFile(directory), "a");
  // A group of its own: Ctrl-C in the terminal reaches us, and we tell it.
  const child = spawn(command, [...args, "--job", join(directory, "job.json")], {
    stdio: ["pipe", "pipe", prints],
    detached: true,
    env: { ...process.env, ...environment },
  });
  closeSync(prints);
  const { stdin, stdout } = child as ChildProcessByStdio<Writable, Readable, null>;
  let exit: WorkerExit | undefined;
  let said = "";
  stdout.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-65_536);
  });
  stdin.on("error", () => {
    // It is gone; its exit tells why.
  });
  child.on("error", (startError) => {
    exit ??= { code: null, signal: null, startError };
  });
  child.on("close", (code, signal) => {
    const told = messagesIn(said).findLast((message) => message.type === "error");
    exit ??= { code, signal, ...(told ? { told } : {}) };
  });
  return { exit: () => exit, stop: () => void stdin.write('{"cmd":"stop"}\n') };
}

/** The worker that still trains here, whoever started it. */
export function livingWorker(
  messages: Parameters<typeof lastSession>[0],
  now: number = Date.now(),
): WorkerHandle | undefined {
  const session = lastSession(messages);
  if (!session || session.ended || now / 1000 - session.heardAt > silentSeconds) return undefined;
  const { pid } = session.hello;
  if (!isAlive(pid)) return undefined;
  return {
    exit: () => (isAlive(pid) ? undefined : { code: null, signal: null }),
    stop: () => void process.kill(pid, "SIGTERM"),
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
