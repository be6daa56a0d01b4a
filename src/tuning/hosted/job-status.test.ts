// Every state that a protocol has, in the one vocabulary; and every other word is none of them.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JobStatus } from "../../core/training.ts";
import { viewOf as fireworks } from "./fireworks-job.ts";
import { viewOf as openAi } from "./openai-job.ts";
import { newsOf, viewOf as together } from "./together-job.ts";

const statusAt = {
  openai: (status: string) => openAi({ status }, [], 0),
  together: (status: string) => together({ status }, newsOf({ status }, [], [])),
  fireworks: (state: string) => fireworks("id", { state: `JOB_STATE_${state}` }),
} as const;

const states: readonly (readonly [keyof typeof statusAt, JobStatus, readonly string[]])[] = [
  ["openai", "validating", ["validating_files"]],
  ["openai", "queued", ["queued"]],
  ["openai", "running", ["running"]],
  ["openai", "succeeded", ["succeeded"]],
  ["openai", "failed", ["failed"]],
  ["openai", "cancelled", ["cancelled"]],
  ["openai", "paused", ["paused"]],
  ["together", "queued", ["pending", "queued"]],
  ["together", "running", ["running"]],
  ["together", "finishing", ["compressing", "uploading"]],
  ["together", "succeeded", ["completed"]],
  ["together", "failed", ["error"]],
  ["together", "cancelling", ["cancel_requested"]],
  ["together", "cancelled", ["cancelled"]],
  ["fireworks", "validating", ["VALIDATING", "CREATING_INPUT_DATASET"]],
  ["fireworks", "queued", ["CREATING", "PENDING", "RE_QUEUEING"]],
  ["fireworks", "running", ["RUNNING", "IDLE"]],
  ["fireworks", "finishing", ["WRITING_RESULTS"]],
  ["fireworks", "succeeded", ["COMPLETED", "EARLY_STOPPED"]],
  ["fireworks", "failed", ["FAILED", "EXPIRED"]],
  ["fireworks", "cancelling", ["CANCELLING"]],
  ["fireworks", "cancelled", ["CANCELLED"]],
  ["fireworks", "paused", ["PAUSED"]],
  ["fireworks", "gone", ["DELETING", "DELETING_CLEANING_UP", "DELETED", "ARCHIVED"]],
  ["fireworks", "unknown", ["UNSPECIFIED"]],
];

test.each(states)("%s: %s", (wire, status, words) => {
  for (const word of words) expect([word, statusAt[wire](word).status]).toEqual([word, status]);
});

test.each(["openai", "together", "fireworks"] as const)(
  "%s: a new word is shown as it is, and ends nothing",
  (wire) => {
    const known = new Set([...states.flatMap(([, , words]) => words), "pending", "canceled"]);
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((word) => !known.has(word)),
        (word) => {
          const { status, said } = statusAt[wire](word);
          expect([status, said.endsWith(word)]).toEqual(["unknown", true]);
        },
      ),
    );
  },
);

test("64-bit integers as text, money in billionths, and early stops", () => {
  const estimatedCost = { currencyCode: "USD", units: "3", nanos: 250_000_000 };
  const progress = { percent: 40, inputTokens: "9007199254740000", outputTokens: "100" };
  const view = fireworks("id", { state: "JOB_STATE_EARLY_STOPPED", estimatedCost, jobProgress: progress });
  expect(view).toMatchObject({ cost: { status: "priced", usd: 3.25 }, share: 0.4, isEarlyStopped: true });
  expect(view.tokens).toBe(9_007_199_254_740_100);
  const euros = fireworks("id", { estimatedCost: { ...estimatedCost, currencyCode: "EUR" } });
  expect(euros.cost).toMatchObject({ status: "unpriced", reason: expect.stringContaining("EUR") });
  const job = { status: "completed", total_price: 1_250_000_000, early_stopped: true, x_model_output_name: "a/b" };
  expect(together(job, newsOf(job, [], []))).toMatchObject({
    ...{ cost: { usd: 1.25 }, isEarlyStopped: true, model: "a/b" },
  });
});
