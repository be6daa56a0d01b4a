// The part of the contract about lines that drop and services that stumble: what may have been done is never done twice.
import type { FakeFault } from "./fake-service.ts";
import { counted, failureOf, type HostedCases, type HostedContext, type Stand } from "./hosted-stand.ts";

type Stumble = Omit<FakeFault, "on">;

const stumbles: Readonly<Record<string, Stumble>> = {
  "an error after": { afterTheAct: true },
  "a cut line after": { afterTheAct: true, cuts: true },
  "an error before": {},
  "a cut line before": { cuts: true },
};

const stumbling =
  (what: "creates" | "uploads", stumble: Stumble) =>
  async ({ subject, stand, expect }: HostedContext) => {
    stand.fake.fail({ on: subject[what], ...stumble });
    expect((await stand.train()).reason).toEqual("budget");
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  };

const casesOf = (what: "creates" | "uploads", words: string): HostedCases =>
  Object.fromEntries(Object.entries(stumbles).map(([name, stumble]) => [`${name} ${words}`, stumbling(what, stumble)]));

/** Nobody hears of the job for so many calls, once it is there. */
function silence({ fake }: Stand, times: number): void {
  fake.fail({ on: /^GET /, times, cuts: true, when: () => fake.jobs.length > 0 });
}

export const troubleCases: HostedCases = {
  ...casesOf("creates", "creating a job makes one job"),
  ...casesOf("uploads", "the bytes arrive uploads them once"),
  "waits as long as it is told to, and comes back": async ({ subject, stand, expect }) => {
    const { fake, train, clock } = stand;
    const before = clock.now();
    fake.fail({ on: subject.creates, times: 2, reply: { status: 429, headers: { "retry-after": "40" }, json: {} } });
    expect((await train()).reason).toEqual("budget");
    expect(fake.jobs[0]!.createdAt - before >= 80_000).toEqual(true);
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  },
  "survives an outage of minutes while it follows": async ({ stand, expect }) => {
    silence(stand, 15);
    expect((await stand.train()).reason).toEqual("budget");
  },
  "tells of a line that stays dead, and goes on from there": async ({ stand, expect }) => {
    const { trainer, train } = stand;
    silence(stand, 60);
    const { code, isRetryable } = await failureOf(train());
    expect([code, isRetryable]).toEqual(["model-failed", true]);
    for (let tries = 0; tries < 10; tries++) await failureOf(train(trainer()));
    expect((await train()).reason).toEqual("budget");
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  },
};
