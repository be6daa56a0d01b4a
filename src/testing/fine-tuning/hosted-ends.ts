// The part of the contract about jobs that end, or are left, before they have a model.
import { setImmediate as turn } from "node:timers/promises";
import type { TrainCall } from "../../core/training.ts";
import { counted, failureOf, type HostedCases, type Stand } from "./hosted-stand.ts";

/** Trains, and acts once the job has run for a while. */
async function trainUntil(stand: Stand, act: () => void | Promise<void>, call: Partial<TrainCall> = {}) {
  const { fake, clock, train, trainer } = stand;
  let isOver = false;
  const waiting = (async () => {
    const hasRun = () => fake.jobs.length > 0 && clock.now() - fake.jobs[0]!.createdAt > 120_000;
    while (!isOver && !hasRun()) await turn();
    await act();
  })();
  const result = await train(trainer(), call).finally(() => {
    isOver = true;
  });
  await waiting;
  return result;
}

async function detached(stand: Stand) {
  const stop = new AbortController();
  return trainUntil(stand, () => stop.abort(), { signal: stop.signal });
}

export const endCases: HostedCases = {
  "lets go of a job that goes on, and follows it again": async ({ stand, expect }) => {
    const { reason, model } = await detached(stand);
    expect([reason, model]).toEqual(["detached", undefined]);
    const again = await stand.train();
    expect([again.reason, again.model !== undefined]).toEqual(["budget", true]);
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  },
  "cancels in mid-run, for good; going on is a new job from the same upload": async ({ stand, expect }) => {
    const { trainer, train, directory } = stand;
    const { reason } = await trainUntil(stand, () => trainer().elsewhere!.cancel(directory));
    expect([reason, trainer().elsewhere!.startsAnew(directory)]).toEqual(["cancelled", true]);
    expect((await train()).reason).toEqual("budget");
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 2, twice: [] });
  },
  "says why a job failed half-way, keeps the upload, and starts anew when asked to": async (context) => {
    const { subject, stand, expect } = context;
    const { fake, train, trainer, directory } = stand;
    fake.setTimeline(subject.timelines.fails);
    const { code, message, remedy } = await failureOf(train());
    expect([code, /lost|ran away/.test(message), remedy.includes("assay tune resume")]).toEqual([
      "model-failed",
      true,
      true,
    ]);
    expect(trainer().elsewhere!.startsAnew(directory)).toEqual(true);
    fake.setTimeline(subject.timelines.strange);
    expect((await train()).reason).toEqual("budget");
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 2, twice: [] });
    expect(trainer().elsewhere!.startsAnew(directory)).toEqual(false);
  },
  "looks once, and writes down how the job stands": async ({ stand, expect }) => {
    const { trainer, directory, clock } = stand;
    await detached(stand);
    await clock.sleep(600_000);
    await trainer().elsewhere!.look(directory);
    const last = trainer()
      .events(directory)
      .findLast(({ type }) => type === "status");
    expect(last?.type === "status" && last.status).toEqual("succeeded");
  },
};
