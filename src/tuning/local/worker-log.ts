// Reads a worker's log while it is being written: whole lines once each, in order; half a line waits for its other half.
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { parseMessage, type WorkerMessage } from "./worker-message.ts";

export const logFile = (directory: string): string => join(directory, "events.jsonl");

export type WorkerLog = {
  /** What was told since the last call. */
  next(): readonly WorkerMessage[];
};

export function openWorkerLog(directory: string): WorkerLog {
  let offset = 0;
  let rest = Buffer.alloc(0);
  return {
    next() {
      const bytes = bytesFrom(logFile(directory), offset);
      offset += bytes.length;
      const all = Buffer.concat([rest, bytes]);
      // Cut between bytes, not characters: a kill or a read may fall inside one.
      const end = all.lastIndexOf(newline) + 1;
      rest = all.subarray(end);
      return messagesIn(all.toString("utf8", 0, end));
    },
  };
}

export const readWorkerLog = (directory: string): readonly WorkerMessage[] => openWorkerLog(directory).next();

export const messagesIn = (text: string): readonly WorkerMessage[] =>
  text.split("\n").flatMap((line) => parseMessage(line) ?? []);

const newline = 0x0a;

function bytesFrom(path: string, offset: number): Buffer {
  if (!existsSync(path)) return Buffer.alloc(0);
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset));
  } finally {
    closeSync(file);
  }
}
