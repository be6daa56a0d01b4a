// What is peculiar to OpenAI's platform and to Azure: the wind-down, dates, headers; and the fake, held against OpenAI's own client.
import OpenAI, { toFile } from "openai";
import { afterEach, describe, expect, test } from "vitest";
import { silentProgress } from "../../core/progress.ts";
import { type FakeOpenAi, type FakeOpenAiOptions, fakeOpenAi } from "../../testing/fine-tuning/fake-openai.ts";
import { fakeKeys } from "../../testing/fine-tuning/fake-service.ts";
import { openStand, type Stand } from "../../testing/fine-tuning/hosted-stand.ts";
import { testClock } from "../../testing/fine-tuning/test-clock.ts";
import { hostedTrainer } from "./hosted-trainer.ts";
import { openAiWire } from "./openai.ts";
import { type ServiceOptions, service } from "./service-http.ts";
import { openAiRetirement } from "./sunsets.ts";

let fake: FakeOpenAi | undefined;
let stand: Stand | undefined;
afterEach(async () => {
  await stand?.close();
  stand = undefined;
  fake = undefined;
});

/** A stand whose service answers at `address`, whatever host that names. */
async function standAt(
  address: string,
  fakes: FakeOpenAiOptions = {},
  more: Partial<ServiceOptions> = {},
  startsAt?: number,
) {
  const clock = testClock(startsAt);
  fake = await fakeOpenAi({ ...fakes, now: clock.now });
  const here = fake.url;
  const toFake: typeof fetch = (url, init) => fetch(String(url).replace(address, here), init);
  const options = { label: "OpenAI", baseUrl: address, key: () => fakeKeys.valid, clock, fetch: toFake, ...more };
  const wire = openAiWire({ service: service(options), baseUrl: address, keyVariable: "OPENAI_API_KEY" });
  const subject = {
    ...{ name: "openai", fewestExamples: 10, creates: /x/, uploads: /x/, tellsLosses: true, refusesFiles: false },
    ...{ timelines: { fails: [], strange: [] }, fake: async () => fake! },
    trainer: () => hostedTrainer(wire, { pollMs: 60_000 }),
  };
  stand = await openStand(subject, clock);
  return stand;
}

const platform = "https://api.openai.com/v1";
const january = (day: number) => Date.UTC(2027, 0, day);

describe("the platform's wind-down", () => {
  test("a closed door leaves no file behind, and says where else to go", async () => {
    const { train } = await standAt(platform, { isClosed: true });
    await expect(train()).rejects.toMatchObject({
      code: "model-refused",
      message: expect.stringContaining("the uploaded files are deleted again"),
      remedy: expect.stringMatching(/together.*fireworks.*Azure/s),
    });
    expect([fake!.fileNames, fake!.ledger.count("upload"), fake!.ledger.count("delete")]).toEqual([[], 2, 2]);
  });

  test("the end is said before anything is uploaded", async () => {
    const { trainer, job } = await standAt(platform);
    const { notes } = await trainer().plan(job());
    expect(notes).toContainEqual(expect.stringContaining("2027-01-06"));
  });

  test("after it nothing is even tried", async () => {
    const { train, trainer, job } = await standAt(platform, {}, {}, january(6));
    const refusal = {
      code: "model-refused",
      message: expect.stringContaining("since 2027-01-06; nothing was uploaded"),
    };
    await expect(trainer().plan(job())).rejects.toMatchObject(refusal);
    await expect(train()).rejects.toMatchObject(refusal);
    expect(fake!.requests).toEqual([]);
  });

  test("the day before it still is", async () => {
    const { train } = await standAt(platform, {}, {}, january(5));
    expect((await train()).reason).toBe("budget");
  });

  test("a retired base is told by the list, and by the service's own date", async () => {
    const known = await standAt(platform, { models: { "gpt-4.1-nano": null } });
    await expect(known.trainer().plan(known.job({ base: "gpt-4.1-nano" }))).rejects.toMatchObject({
      code: "unknown-model",
      message: expect.stringContaining("retired gpt-4.1-nano on 2026-10-23"),
    });
    await known.close();
    const told = await standAt("https://look.alike/v1", { models: { "tunable-base": "2026-10-30" } });
    await expect(told.trainer().plan(told.job())).rejects.toMatchObject({
      message: /retired tunable-base on 2026-10-30/,
    });
  });

  test("a coming retirement goes with the tuned model", async () => {
    const { train, trainer, job } = await standAt(platform, { models: { "gpt-4.1-mini": null } });
    const tuned = await train(trainer(), {}, job({ base: "gpt-4.1-mini" }));
    expect(tuned.model!.retires).toMatchObject({ date: "2027-01-14" });
    expect(openAiRetirement("ft:gpt-4o-2024-08-06:org::1")).toMatchObject({ date: "2027-01-14" });
    expect(openAiRetirement("gpt-4o-2024-05-13")).toBeNull();
  });
});

describe("elsewhere", () => {
  test("Azure gets its own header, version and place, and needs a deployment by the hour", async () => {
    const azure = "https://res.openai.azure.com/openai/v1";
    const { train } = await standAt(
      azure,
      {},
      { keyHeader: "api-key", query: { "api-version": "2026-05-01" } },
      january(20),
    );
    const { model } = await train();
    expect(model!.hosting).toMatchObject({ kind: "endpoint", billsWhenIdle: true });
    expect(model!.toDo).toEqual([expect.stringContaining("deploy")]);
    expect(
      fake!.requests.every(({ headers }) => headers["api-key"] === fakeKeys.valid && !headers["authorization"]),
    ).toBe(true);
    expect(fake!.requests.every(({ query }) => query.get("api-version") === "2026-05-01")).toBe(true);
  });

  test("what the protocol has no word for is refused", async () => {
    const { trainer, job } = await standAt(platform);
    for (const [settings, word] of [
      [{ learningRate: 1e-4 }, "--learning-rate"],
      [{ rank: 8 }, "--rank"],
      [{ weights: "full" }, "--weights full"],
    ] as const) {
      const wished = { ...job(), settings: { ...job().settings, ...settings } };
      await expect(trainer().plan(wished)).rejects.toMatchObject({
        code: "bad-usage",
        message: expect.stringContaining(word),
      });
    }
  });

  test("a paused job is let go on by whoever resumes it", async () => {
    const { train, clock } = await standAt(platform);
    const stop = new AbortController();
    const { jobs } = fake!;
    const sleep = clock.sleep;
    Object.assign(clock, {
      sleep: async (ms: number, signal?: AbortSignal) => {
        if (jobs.length > 0 && clock.now() - jobs[0]!.createdAt > 70_000) stop.abort();
        await sleep(ms, signal);
      },
    });
    expect((await train(undefined, { signal: stop.signal })).reason).toBe("detached");
    const client = new OpenAI({ apiKey: fakeKeys.valid, baseURL: fake!.url, maxRetries: 0 });
    expect((await client.fineTuning.jobs.pause(fake!.jobs[0]!.id)).status).toBe("paused");
    expect((await train(undefined, { progress: silentProgress })).reason).toBe("budget");
  });
});

/** An independent reader of the fake: what our own client and our own fake agree on could be wrong in both. */
test("OpenAI's own client understands the fake", async () => {
  const clock = testClock();
  const served = await fakeOpenAi({ now: clock.now });
  const client = new OpenAI({ apiKey: fakeKeys.valid, baseURL: served.url, maxRetries: 0 });
  const line = (at: number) => ({
    messages: [
      { role: "user", content: `q${at}` },
      { role: "assistant", content: `a${at}` },
    ],
  });
  const text = Array.from({ length: 12 }, (_, at) => `${JSON.stringify(line(at))}\n`).join("");
  const file = await client.files.create({ file: await toFile(Buffer.from(text), "mine.jsonl"), purpose: "fine-tune" });
  expect(await (await client.files.content(file.id)).text()).toBe(text);
  const method = { type: "supervised", supervised: { hyperparameters: { n_epochs: 2 } } } as const;
  const wish = { model: "tunable-base", training_file: file.id, method, metadata: { assay: "k" } };
  const job = await client.fineTuning.jobs.create(wish);
  expect(job.status).toBe("validating_files");
  await clock.sleep(600_000);
  const done = await client.fineTuning.jobs.retrieve(job.id);
  expect(done).toMatchObject({ status: "succeeded", trained_tokens: 10_000 });
  const events = await Array.fromAsync(client.fineTuning.jobs.listEvents(job.id));
  expect(events).toHaveLength(11);
  expect(await Array.fromAsync(client.fineTuning.jobs.checkpoints.list(job.id))).toHaveLength(2);
  for (let more = 0; more < 4; more++) await client.fineTuning.jobs.create(wish);
  expect(await Array.fromAsync(client.fineTuning.jobs.list({ metadata: { assay: "k" } }))).toHaveLength(5);
  const answer = await client.chat.completions.create({
    model: done.fine_tuned_model!,
    messages: [{ role: "user", content: "q3" }],
  });
  expect(answer.choices[0]!.message.content).toBe("a3");
  const last = (await Array.fromAsync(client.fineTuning.jobs.list()))[0]!;
  expect((await client.fineTuning.jobs.cancel(last.id)).status).toBe("cancelled");
  await expect(client.fineTuning.jobs.retrieve("ftjob-none")).rejects.toMatchObject({ status: 404 });
  expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
  await served.close();
});
