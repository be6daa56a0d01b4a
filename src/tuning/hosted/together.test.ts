// Together's protocol against a fake of its service: the contract of all trainers, and what is its own.
import { describe, expect, test } from "vitest";
import { fakeTogether } from "../../testing/fine-tuning/fake-together.ts";
import { describeHostedTrainer } from "../../testing/fine-tuning/hosted-contract.ts";
import type { HostedSubject } from "../../testing/fine-tuning/hosted-stand.ts";
import { hostedTrainer } from "./hosted-trainer.ts";
import { service } from "./service-http.ts";
import { togetherWire } from "./together.ts";

const subject: HostedSubject = {
  name: "together",
  fewestExamples: 1,
  fake: fakeTogether,
  trainer: ({ fake, clock, key, fetch, onWritten }) =>
    hostedTrainer(
      togetherWire({
        service: service({ label: "Together", baseUrl: fake.url, key: () => key, clock, ...(fetch ? { fetch } : {}) }),
        baseUrl: fake.url,
        keyVariable: "TOGETHER_API_KEY",
      }),
      { pollMs: 60_000, ...(onWritten ? { onWritten } : {}) },
    ),
  timelines: {
    fails: [
      { state: "running", ms: 100_000 },
      { state: "error", ms: 0 },
    ],
    strange: [
      { state: "teleporting", ms: 60_000 },
      { state: "running", ms: 200_000 },
      { state: "completed", ms: 0 },
    ],
  },
  creates: /^POST \/v1\/fine-tunes$/,
  uploads: /^PUT \/presigned\//,
  tellsLosses: true,
  refusesFiles: true,
};

describeHostedTrainer(subject, { describe, test, expect });
