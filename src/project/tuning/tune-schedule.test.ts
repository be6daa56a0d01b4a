// A schedule with a trainer and a clock that the test holds: when it trains, from what, and what it survives.
import { expect, test } from "vitest";
import { AssayError } from "../../core/errors.ts";
import { silentProgress } from "../../core/progress.ts";
import type { ProjectContext } from "../wiring/context.ts";
import type { requestTuning, TuneRequest } from "./tune-request.ts";
import { type ScheduleEvent, tuneOnSchedule } from "./tune-schedule.ts";
import type { TuningRecord } from "./tuning-records.ts";

type Look = Awaited<ReturnType<typeof requestTuning>> | AssayError;

const run = (id: string, status: TuningRecord["status"] = "succeeded"): TuningRecord =>
  ({ id, status, method: "sft" }) as TuningRecord;
const trained = (id: string): Look => ({ tuning: run(id), reused: false });
const tooFew = (newExamples: number): Look => ({ tuning: run("a"), reused: true, newExamples });
const failure = new AssayError({ code: "disk-full", message: "the disk is full", remedy: "make room" });

/** Takes the looks one by one, an hour apart, and stops when they are used up. */
async function schedule(looks: readonly Look[], request: Partial<TuneRequest> = {}) {
  const events: ScheduleEvent[] = [];
  const from: (string | undefined)[] = [];
  const waits: number[] = [];
  const stop = new AbortController();
  await tuneOnSchedule(
    {} as ProjectContext,
    { progress: silentProgress, ifNew: 5, ...request },
    {
      everyMs: 3_600_000,
      onEvent: (event) => void events.push(event),
      signal: stop.signal,
      async train(_, asked) {
        const look = looks[from.length]!;
        from.push(asked.from);
        if (look instanceof AssayError) throw look;
        return look;
      },
      async wait(ms) {
        waits.push(ms);
        if (waits.length === looks.length) stop.abort();
      },
    },
  );
  return { events, from, waits };
}

test("trains when enough came in and tells how many are still missing", async () => {
  const { events, from, waits } = await schedule([trained("a"), tooFew(2), trained("b")]);
  expect(events).toMatchObject([
    { event: "trained", tuning: { id: "a" } },
    { event: "waiting", newExamples: 2, wanted: 5 },
    { event: "trained", tuning: { id: "b" } },
  ]);
  expect(from).toEqual([undefined, undefined, undefined]);
  expect(waits).toEqual([3_600_000, 3_600_000, 3_600_000]);
});

test("with a run to start from, each run continues the last that succeeded", async () => {
  const failed: Look = { tuning: run("c", "failed"), reused: false };
  const { from } = await schedule([trained("b"), failed, trained("d"), tooFew(0)], { from: "a" });
  expect(from).toEqual(["a", "b", "b", "d"]);
});

test("a failure at the first look is thrown, a later one is told and tried again", async () => {
  await expect(schedule([failure])).rejects.toThrow("the disk is full");
  const { events } = await schedule([tooFew(0), failure, trained("a")]);
  expect(events.map(({ event }) => event)).toEqual(["waiting", "failed", "trained"]);
  expect(events[1]).toMatchObject({ message: "the disk is full", remedy: "make room" });
});

test("what is no fault of the user's ends it", async () => {
  const bug = async () => {
    throw new TypeError("not a function");
  };
  const options = { everyMs: 1, onEvent: () => undefined, signal: new AbortController().signal, train: bug };
  await expect(tuneOnSchedule({} as ProjectContext, { progress: silentProgress, ifNew: 1 }, options)).rejects.toThrow(
    TypeError,
  );
});

test("told to stop while it waits, it stops at once", async () => {
  const stop = new AbortController();
  const train = async () => tooFew(0) as Exclude<Look, AssayError>;
  const onEvent = () => setTimeout(() => stop.abort(), 5);
  const options = { everyMs: 3_600_000, onEvent, signal: stop.signal, train };
  await tuneOnSchedule({} as ProjectContext, { progress: silentProgress, ifNew: 1 }, options);
  expect(stop.signal.aborted).toBe(true);
});
