// Losses from a result file: what it tells, what it leaves out, and a whole run whose events told none.
import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeOpenAi } from "../../testing/fine-tuning/fake-openai.ts";
import { fakeKeys } from "../../testing/fine-tuning/fake-service.ts";
import { openStand } from "../../testing/fine-tuning/hosted-stand.ts";
import { testClock } from "../../testing/fine-tuning/test-clock.ts";
import { hostedTrainer } from "./hosted-trainer.ts";
import { openAiWire } from "./openai.ts";
import { lossesIn } from "./openai-result-file.ts";
import { service } from "./service-http.ts";

const header = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy";
const told = (content: string) =>
  lossesIn(content, "f").map(({ event }) => [event.type, event.step, "loss" in event ? event.loss : null]);

test("each step's loss, and held-out losses where there are some", () => {
  const content = `${header}\n1,2.5,0.4,,\n2,1.5,0.5,1.75,0.5\n`;
  expect(told(content)).toEqual([
    ["step", 1, 2.5],
    ["step", 2, 1.5],
    ["evaluation", 2, null],
  ]);
  expect(lossesIn(Buffer.from(content).toString("base64"), "f")).toEqual(lossesIn(content, "f"));
});

test("a line that is cut short tells nothing, and no content is an error", () => {
  expect(told(`${header}\n1,2.5,0.4,,\n2,1.`)).toEqual([["step", 1, 2.5]]);
  fc.assert(fc.property(fc.string(), (content) => Array.isArray(lossesIn(content, "f"))));
});

test("a run whose events told no losses has them from the file, once", async () => {
  const clock = testClock();
  const fake = await fakeOpenAi({ now: clock.now, tellsLosses: false });
  const at = service({ label: "OpenAI", baseUrl: fake.url, key: () => fakeKeys.valid, clock });
  const wire = openAiWire({ service: at, baseUrl: fake.url, keyVariable: "OPENAI_API_KEY" });
  const trainer = hostedTrainer(wire, { pollMs: 60_000 });
  const subject = {
    ...{ name: "openai", fewestExamples: 10, creates: /x/, uploads: /x/, tellsLosses: true, refusesFiles: false },
    ...{ timelines: { fails: [], strange: [] }, fake: async () => fake, trainer: () => trainer },
  };
  const stand = await openStand(subject, clock);
  const first = await stand.train();
  expect([first.steps, first.firstLoss, first.bestStep]).toEqual([10, expect.closeTo(1.833, 3), 10]);
  await stand.train();
  expect((trainer.events?.(stand.directory) ?? []).filter(({ type }) => type === "step").length).toBe(10);
  await stand.close();
});
