// The protocol is read from a file that a kill may have cut anywhere and that a library may have printed into.
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { logFile, messagesIn, openWorkerLog } from "./worker-log.ts";
import { parseMessage, type WorkerMessage } from "./worker-message.ts";
import { eventsOf, lastSession } from "./worker-story.ts";

const step = fc.nat(1000);
const nullable = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const common = { v: fc.constant(1 as const), at: fc.nat() };
const hello = fc.record({
  ...common,
  type: fc.constant("hello" as const),
  engine: fc.string(),
  pid: fc.integer({ min: 1, max: 4_000_000 }),
  versions: fc.dictionary(fc.string(), fc.string()),
  resumedFromStep: step,
});
const progress = fc.record({
  ...common,
  type: fc.constant("progress" as const),
  step,
  totalSteps: step,
  epoch: nullable,
  loss: nullable,
  tokensPerSecond: nullable,
  elapsedMs: fc.nat(),
  etaMs: nullable,
  peakBytes: nullable,
});
const warn = fc.record({ ...common, type: fc.constant("warn" as const), code: fc.string(), message: fc.string() });
const evaluation = fc.record({
  ...common,
  type: fc.constant("eval" as const),
  step,
  loss: nullable,
  best: fc.boolean(),
});
const message: fc.Arbitrary<WorkerMessage> = fc.oneof(hello, progress, warn, evaluation);
const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`;

describe("a line", () => {
  test("is the message it was, or nothing: no text makes reading throw", () => {
    fc.assert(
      fc.property(message, (value) => {
        expect(parseMessage(lineOf(value))).toEqual(JSON.parse(lineOf(value)));
      }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseMessage(text)).not.toThrow();
      }),
    );
  });

  test.each([
    ["a later protocol", { v: 2, type: "status", at: 1, state: "training", step: 1 }],
    ["an unknown type", { v: 1, type: "sample", at: 1 }],
    ["a step that is no step", { v: 1, type: "status", at: 1, state: "training", step: -1 }],
    ["a missing field", { v: 1, type: "checkpoint", at: 1, step: 3 }],
  ])("of %s is no message", (_, value) => {
    expect(parseMessage(lineOf(value))).toBeUndefined();
  });
});

describe("a log", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "assay-worker-log-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test("gives every message once and in order, however its bytes arrive", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(400)), (messages, cuts) => {
        const bytes = Buffer.from(messages.map(lineOf).join(""));
        writeFileSync(logFile(directory), "");
        const log = openWorkerLog(directory);
        const read: WorkerMessage[] = [];
        let from = 0;
        for (const to of [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
          appendFileSync(logFile(directory), bytes.subarray(from, to));
          read.push(...log.next());
          from = to;
        }
        expect(read).toEqual(messages.map((value) => JSON.parse(lineOf(value))));
      }),
      { numRuns: 50 },
    );
  });

  test("leaves out a line that a kill cut short, and reads what follows it", () => {
    fc.assert(
      fc.property(message, message, fc.nat(), (first, second, cut) => {
        const whole = JSON.stringify(first);
        const text = `${whole.slice(0, cut % whole.length)}\n${lineOf(second)}`;
        expect(messagesIn(text)).toEqual([JSON.parse(lineOf(second))]);
      }),
    );
  });
});

describe("the story", () => {
  const told = (at: number, fields: object) => JSON.parse(JSON.stringify({ v: 1, at, ...fields })) as WorkerMessage;
  const greet = (resumedFromStep: number) =>
    told(0, { type: "hello", engine: "fake", pid: 7, versions: {}, resumedFromStep });
  const stepped = (at: number) =>
    told(at, { type: "progress", step: at, totalSteps: 9, epoch: 1, loss: 9 - at, elapsedMs: at, etaMs: 0 } as never);
  const full = (at: number) => ({ ...stepped(at), tokensPerSecond: 1, peakBytes: null }) as WorkerMessage;

  test("is one curve: however often a worker was killed, each step stands once and steps only rise", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ back: fc.nat(5), forth: fc.integer({ min: 1, max: 6 }) })), (sessions) => {
        const messages: WorkerMessage[] = [];
        let at = 0;
        for (const { back, forth } of sessions) {
          at = Math.max(0, at - back);
          messages.push(greet(at));
          for (let done = 0; done < forth; done++) messages.push(full(++at));
        }
        const steps = eventsOf(messages).map((event) => event.step);
        expect(steps).toEqual(Array.from({ length: at }, (_, before) => before + 1));
      }),
    );
  });

  test("tells whether the last worker ended, and when it was last heard", () => {
    const failed = told(5, { type: "error", code: "internal", message: "m", advice: "a" });
    expect(lastSession([])).toBeUndefined();
    expect(lastSession([greet(0), full(3)])).toMatchObject({ heardAt: 3 });
    expect(lastSession([greet(0), full(3)])?.ended).toBeUndefined();
    expect(lastSession([greet(0), full(3), failed])?.ended).toBe("error");
    expect(lastSession([greet(0), failed, greet(2), full(3)])?.ended).toBeUndefined();
  });
});
