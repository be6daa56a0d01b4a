// The part of the contract about what is refused: one clear line, nothing lost, and the same run goes on once it is put right.
import { fakeKeys } from "./fake-service.ts";
import { counted, failureOf, type HostedCases } from "./hosted-stand.ts";

export const refusalCases: HostedCases = {
  "too few examples: says how many this provider needs, and sends nothing": async ({ subject, stand, expect }) => {
    const { trainer, job, train } = stand;
    const few = job({ examples: subject.fewestExamples - 1 });
    for (const refused of [trainer().plan(few), train(trainer(), {}, few)]) {
      const { code, message } = await failureOf(refused);
      expect([code, message.includes(`fewer than ${subject.fewestExamples} `)]).toEqual(["bad-examples", true]);
    }
    expect(counted(stand)).toEqual({ uploads: 0, jobs: 0, twice: [] });
  },
  "a base that cannot be tuned is told before anything is uploaded": async ({ stand, expect }) => {
    const { trainer, job, train } = stand;
    const wrong = job({ base: "no-such-base" });
    for (const refused of [trainer().plan(wrong), train(trainer(), {}, wrong)]) {
      const { code, message } = await failureOf(refused);
      expect([code, message.includes("no-such-base")]).toEqual(["unknown-model", true]);
    }
    expect(counted(stand)).toEqual({ uploads: 0, jobs: 0, twice: [] });
  },
  "a file that the provider refuses is told with its reason": async ({ subject, stand, expect }) => {
    if (!subject.refusesFiles) return;
    const { train, trainer, job } = stand;
    const { code, message } = await failureOf(train(trainer(), {}, job({ spoilt: true })));
    expect([code, message.includes("spoilt")]).toEqual(["bad-examples", true]);
    expect(counted(stand).jobs).toEqual(0);
  },
  "a key that is wrong, and one that may only read; the right one goes on": async ({ stand, expect }) => {
    const { train, trainer } = stand;
    const wrong = await failureOf(train(trainer({ key: "sk-wrong-key-123456" })));
    expect([wrong.code, wrong.message.includes("401")]).toEqual(["missing-key", true]);
    expect(wrong.message.includes("123456")).toEqual(false);
    const readOnly = await failureOf(train(trainer({ key: fakeKeys.readOnly })));
    expect([readOnly.code, readOnly.message.includes("may not do this")]).toEqual(["missing-key", true]);
    expect((await train()).reason).toEqual("budget");
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  },
  "a used-up balance is told, not waited for, and can be settled": async ({ subject, stand, expect }) => {
    const { fake, train, clock } = stand;
    const before = clock.now();
    const json = { error: { message: "balance", code: "billing" } };
    fake.fail({ on: subject.creates, reply: { status: 402, json } });
    const { code, message } = await failureOf(train());
    expect([code, message.includes("balance"), clock.now() - before < 60_000]).toEqual(["model-refused", true, true]);
    expect((await train()).reason).toEqual("budget");
    expect(counted(stand)).toEqual({ uploads: 2, jobs: 1, twice: [] });
  },
  "turned away again and again is told as that": async ({ subject, stand, expect }) => {
    stand.fake.fail({ on: subject.creates, times: 9, reply: { status: 429, json: {} } });
    const { code, isRetryable } = await failureOf(stand.train());
    expect([code, isRetryable]).toEqual(["rate-limited", true]);
  },
  "minutes and steps are no way to pay a provider": async ({ stand, expect }) => {
    const { trainer, job } = stand;
    const minutes = { ...job(), settings: { ...job().settings, budget: { minutes: 5 } } };
    const { code, remedy } = await failureOf(trainer().plan(minutes));
    expect([code, remedy.includes("--epochs")]).toEqual(["bad-usage", true]);
  },
};
