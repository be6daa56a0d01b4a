// What a training worker says, one JSON object a line (engines/worker_protocol.py), and how a line is read. Knows no engine.
import { z } from "zod";

const step = z.int().min(0);
const nullableNumber = z.number().nullable();
const common = { v: z.literal(1), at: z.number() };

const device = z.object({
  kind: z.string(),
  name: z.string(),
  freeBytes: nullableNumber,
  totalBytes: nullableNumber,
});

const artefact = z.object({
  /** `adapter` as PEFT reads it, over its base; `whole` as transformers does. */
  kind: z.enum(["adapter", "whole"]),
  path: z.string(),
  /** Of its weights. */
  sha256: z.string(),
});

const message = z.discriminatedUnion("type", [
  z.object({
    ...common,
    type: z.literal("hello"),
    engine: z.string(),
    pid: z.int().positive(),
    versions: z.record(z.string(), z.string()),
    resumedFromStep: step,
  }),
  z.object({ ...common, type: z.literal("status"), state: z.string(), step, device: device.optional() }),
  z.object({
    ...common,
    type: z.literal("progress"),
    step,
    totalSteps: step,
    epoch: nullableNumber,
    loss: nullableNumber,
    tokensPerSecond: nullableNumber,
    elapsedMs: z.number(),
    etaMs: nullableNumber,
    peakBytes: nullableNumber,
  }),
  z.object({ ...common, type: z.literal("eval"), step, loss: nullableNumber, best: z.boolean() }),
  z.object({ ...common, type: z.literal("checkpoint"), step, path: z.string() }),
  z.object({ ...common, type: z.literal("warn"), code: z.string(), message: z.string() }),
  z.object({ ...common, type: z.literal("error"), code: z.string(), message: z.string(), advice: z.string() }),
  z.object({
    ...common,
    type: z.literal("done"),
    reason: z.enum(["budget", "early-stop", "diverged", "cancelled"]),
    step,
    resumedFromStep: step,
    tokens: z.number(),
    parameters: z.number(),
    trainableParameters: z.number(),
    tooLong: z.array(z.int().min(0)),
    firstLoss: nullableNumber,
    bestLoss: nullableNumber,
    bestStep: step.nullable(),
    ms: z.number(),
    cpuMs: z.number(),
    peakBytes: nullableNumber,
    /** Null where it was stopped before its end. */
    artefact: artefact.nullable(),
  }),
]);

export type WorkerMessage = z.output<typeof message>;
export type Hello = Extract<WorkerMessage, { type: "hello" }>;
export type Done = Extract<WorkerMessage, { type: "done" }>;
export type WorkerFailure = Extract<WorkerMessage, { type: "error" }>;

/** Undefined for what is no message: a line cut short by a kill, a library's print, a later protocol's word. Never throws. */
export function parseMessage(line: string): WorkerMessage | undefined {
  try {
    const { success, data } = message.safeParse(JSON.parse(line));
    return success ? data : undefined;
  } catch {
    return undefined;
  }
}
