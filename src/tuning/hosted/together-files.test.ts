// What is peculiar to Together: addresses that expire, its own estimate, limits, early stops and bills.
import { afterEach, describe, expect, test } from "vitest";
import { type FakeTogether, type FakeTogetherOptions, fakeTogether } from "../../testing/fine-tuning/fake-together.ts";
import { answerAt, ask, counted, openStand, questionAt, type Stand } from "../../testing/fine-tuning/hosted-stand.ts";
import { hostedTrainer } from "./hosted-trainer.ts";
import { service } from "./service-http.ts";
import { togetherWire } from "./together.ts";

let fake: FakeTogether;
let stand: Stand | undefined;
afterEach(async () => stand?.close());

async function standWith(options: FakeTogetherOptions = {}, base = "tunable-base"): Promise<Stand> {
  stand = await openStand({
    ...{ name: "together", fewestExamples: 1, creates: /x/, uploads: /x/, tellsLosses: true, refusesFiles: true },
    timelines: { fails: [], strange: [] },
    fake: async ({ now }) => {
      fake = await fakeTogether({ ...options, models: [base], now });
      return fake;
    },
    trainer: ({ clock, key }) => {
      const parts = { label: "Together", baseUrl: fake.url, key: () => key, clock };
      const wire = togetherWire({ service: service(parts), baseUrl: fake.url, keyVariable: "TOGETHER_API_KEY" });
      return hostedTrainer(wire, { pollMs: 60_000 });
    },
  });
  return stand;
}

describe("the way of a file", () => {
  test("goes behind the redirect without the key, and its model answers what the file taught", async () => {
    const { train } = await standWith();
    const { model } = await train();
    const put = fake.requests.find(({ method }) => method === "PUT")!;
    expect([put.headers["authorization"], put.headers["content-type"]]).toEqual([
      undefined,
      "application/octet-stream",
    ]);
    const name = model!.name.slice("together/".length);
    expect(await ask(fake, name, questionAt(3))).toBe(answerAt(3));
    expect(await ask(fake, "tunable-base", questionAt(3))).not.toBe(answerAt(3));
  });

  test("an address that expired is asked for anew, and the first registration is taken back", async () => {
    const { train } = await standWith();
    fake.fail({ on: /^PUT /, reply: { status: 403, text: "Request has expired" } });
    expect((await train()).reason).toBe("budget");
    expect(counted(stand!)).toEqual({ uploads: 2, jobs: 1, twice: [] });
    expect(fake.fileNames).toHaveLength(2);
  });

  test("one that expired while nobody was there, too", async () => {
    const { train, clock } = await standWith();
    fake.fail({ on: /^PUT /, times: 9 });
    await expect(train()).rejects.toMatchObject({ code: "model-failed" });
    await clock.sleep(3_600_000);
    fake.fail();
    while (counted(stand!).jobs === 0) await train().catch(() => undefined);
    expect(counted(stand!)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  });

  test("an answer without a redirect is told", async () => {
    const { train } = await standWith();
    fake.fail({ on: /^POST \/v1\/files/, reply: { status: 200, json: {} } });
    await expect(train()).rejects.toMatchObject({
      message: expect.stringContaining("answered 200 where an upload address"),
    });
  });
});

describe("its prices", () => {
  test("the provider's estimate, once it has the file, stops what is dearer than agreed; agreed to, it goes on", async () => {
    const { train, trainer, job } = await standWith({ estimate: { usd: 9.5 } });
    await expect(train(trainer(), { atMostUsd: 3 })).rejects.toMatchObject({
      message: expect.stringContaining("estimates $9.50, more than the $3"),
      remedy: expect.stringContaining("--max-usd"),
    });
    expect(counted(stand!).jobs).toBe(0);
    expect((await trainer().plan(job())).cost).toEqual({ status: "priced", usd: 9.5 });
    expect((await train(trainer(), { atMostUsd: 10 })).cost).toEqual({ status: "priced", usd: 1.25 });
    expect(counted(stand!)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  });

  test("an account beyond its limit is told so", async () => {
    const { train } = await standWith({ estimate: { usd: 900, mayProceed: false } });
    await expect(train()).rejects.toMatchObject({
      code: "model-refused",
      message: expect.stringContaining("limit of $100"),
    });
  });

  test("before the upload a list says what a small model costs, and that it is old", async () => {
    const { trainer, job } = await standWith({}, "meta-llama/Llama-3.1-8B-Instruct-Reference");
    const plan = await trainer().plan(job({ base: "meta-llama/Llama-3.1-8B-Instruct-Reference" }));
    const { tokensPerEpoch, cost, notes } = plan;
    expect(cost.status === "priced" && cost.usd).toBeGreaterThan((3 * tokensPerEpoch * 0.48) / 1e6);
    expect(notes!.join("\n")).toMatch(/-Reference.*endpoints v1.*list of 2025/s);
  });

  test("a bill beyond the limit ends a job in words", async () => {
    const timeline = [
      { state: "running", ms: 100_000 },
      { state: "error", ms: 0 },
    ];
    const { train } = await standWith({ timeline, error: { type: "billing_limit", message: "over your limit" } });
    await expect(train()).rejects.toMatchObject({ message: expect.stringContaining("over your limit") });
  });
});

describe("its limits", () => {
  test.each([
    [{ budget: { epochs: 50 } }, "at most 20 epochs"],
    [{ weights: "full" }, "adapters only"],
    [{ rank: 128 }, "ranks up to 64"],
    [{ learningRate: 3 }, "learning rates from"],
  ] as const)("%j is refused before anything is uploaded", async (settings, words) => {
    const { trainer, job } = await standWith();
    const wished = { ...job(), settings: { ...job().settings, ...settings } };
    await expect(trainer().plan(wished)).rejects.toMatchObject({
      code: "bad-usage",
      message: expect.stringContaining(words),
    });
  });

  test("an early stop is asked for with enough evaluations, and told", async () => {
    const { train } = await standWith({ stopsEarly: true });
    expect(await train()).toMatchObject({ reason: "early-stop" });
    expect(fake.jobs[0]!.body).toMatchObject({ early_stopping_enabled: true, n_evals: 4, random_seed: 1 });
  });
});
