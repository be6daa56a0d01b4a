// Fireworks' protocol against a fake of its service: the contract of all trainers, and what is its own.
import { afterEach, describe, expect, test } from "vitest";
import { type FakeFireworksOptions, fakeFireworks } from "../../testing/fine-tuning/fake-fireworks.ts";
import { describeHostedTrainer } from "../../testing/fine-tuning/hosted-contract.ts";
import {
  counted,
  type HostedSubject,
  openStand,
  type Stand,
  type TrainerParts,
} from "../../testing/fine-tuning/hosted-stand.ts";
import { type FireworksWireOptions, fireworksWire } from "./fireworks.ts";
import { hostedTrainer } from "./hosted-trainer.ts";
import { service } from "./service-http.ts";
import type { HostedWire } from "./wire.ts";

function wireOf({ fake, clock, key, fetch }: TrainerParts, more: Partial<FireworksWireOptions> = {}): HostedWire {
  const parts = { label: "Fireworks", baseUrl: fake.url, key: () => key, clock, ...(fetch ? { fetch } : {}) };
  const place = { baseUrl: fake.url, keyVariable: "FIREWORKS_API_KEY", account: "fake-account" };
  return fireworksWire({ service: service(parts), ...place, ...more });
}

const subject: HostedSubject = {
  name: "fireworks",
  fewestExamples: 3,
  fake: fakeFireworks,
  trainer: (parts) =>
    hostedTrainer(wireOf(parts), { pollMs: 60_000, ...(parts.onWritten ? { onWritten: parts.onWritten } : {}) }),
  timelines: {
    fails: [
      { state: "JOB_STATE_RUNNING", ms: 100_000 },
      { state: "JOB_STATE_FAILED", ms: 0 },
    ],
    strange: [
      { state: "JOB_STATE_TELEPORTING", ms: 60_000 },
      { state: "JOB_STATE_RUNNING", ms: 200_000 },
      { state: "JOB_STATE_COMPLETED", ms: 0 },
    ],
  },
  creates: /^POST \/v1\/accounts\/fake-account\/supervisedFineTuningJobs$/,
  uploads: /^POST .*:upload$/,
  tellsLosses: false,
  refusesFiles: true,
};

describeHostedTrainer(subject, { describe, test, expect });

describe("fireworks", () => {
  const stands: Stand[] = [];
  afterEach(async () => {
    for (const stand of stands.splice(0)) await stand.close();
  });

  async function standWith(options: FakeFireworksOptions, more: Partial<FireworksWireOptions> = {}): Promise<Stand> {
    const stand = await openStand({
      ...subject,
      fake: ({ now }) => fakeFireworks({ ...options, now }),
      trainer: (parts) => hostedTrainer(wireOf(parts, more), { pollMs: 60_000 }),
    });
    stands.push(stand);
    return stand;
  }

  test("a large file goes by the signed address, and is there once", async () => {
    const stand = await standWith({}, { mostDirectBytes: 10 });
    expect((await stand.train()).cost).toEqual({ status: "priced", usd: 0.75 });
    expect(stand.fake.requests.filter(({ method }) => method === "PUT")).toHaveLength(2);
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  });

  test("a base that cannot be tuned, or is gone, is told before anything is uploaded", async () => {
    const fixed = await standWith({ models: { "tunable-base": { tunable: false } } });
    await expect(fixed.train()).rejects.toMatchObject({ message: expect.stringContaining("cannot tune") });
    const gone = { tunable: true, deprecationDate: { year: 2026, month: 10, day: 1 } };
    const retired = await standWith({ models: { "tunable-base": gone } });
    await expect(retired.train()).rejects.toMatchObject({ message: expect.stringContaining("on 2026-10-01") });
    expect([counted(fixed).uploads, counted(retired).uploads]).toEqual([0, 0]);
  });

  test("a coming end is noted, and an early stop told", async () => {
    const ending = { tunable: true, deprecationDate: { year: 2027, month: 3, day: 1 } };
    const timeline = [
      { state: "JOB_STATE_RUNNING", ms: 100_000 },
      { state: "JOB_STATE_EARLY_STOPPED", ms: 0 },
    ];
    const { train, trainer, job } = await standWith({ models: { "tunable-base": ending }, timeline });
    expect((await trainer().plan(job())).notes).toEqual([expect.stringContaining("2027-03-01")]);
    expect(await train()).toMatchObject({ reason: "early-stop", model: { retires: { date: "2027-03-01" } } });
  });

  test("a job that turns out dearer than agreed is stopped; agreed to, a new one runs", async () => {
    const stand = await standWith({ costUsd: 5.5 });
    const { train, trainer, fake, directory } = stand;
    await expect(train(trainer(), { atMostUsd: 2 })).rejects.toMatchObject({
      message: expect.stringContaining("estimates $5.50"),
      remedy: expect.stringContaining("--max-usd"),
    });
    expect(fake.jobs[0]!.cancelledAt).toBeDefined();
    expect(trainer().elsewhere!.startsAnew(directory)).toBe(true);
    expect((await train(trainer(), { atMostUsd: 9 })).reason).toBe("budget");
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 2, twice: [] });
  });

  test("whole weights are not for sale", async () => {
    const { trainer, job } = await standWith({});
    const whole = { ...job(), settings: { ...job().settings, weights: "full" as const } };
    await expect(trainer().plan(whole)).rejects.toMatchObject({ code: "bad-usage", message: /adapters/ });
  });
});
