// OpenAI's protocol against a fake of its service: the contract of all trainers, and what is its own.
import { describe, expect, test } from "vitest";
import { fakeOpenAi } from "../../testing/fine-tuning/fake-openai.ts";
import { describeHostedTrainer } from "../../testing/fine-tuning/hosted-contract.ts";
import type { HostedSubject } from "../../testing/fine-tuning/hosted-stand.ts";
import { hostedTrainer } from "./hosted-trainer.ts";
import { openAiWire } from "./openai.ts";
import { service } from "./service-http.ts";

const subject: HostedSubject = {
  name: "openai",
  fewestExamples: 10,
  fake: fakeOpenAi,
  trainer: ({ fake, clock, key, fetch, onWritten }) =>
    hostedTrainer(
      openAiWire({
        service: service({ label: "OpenAI", baseUrl: fake.url, key: () => key, clock, ...(fetch ? { fetch } : {}) }),
        baseUrl: fake.url,
        keyVariable: "OPENAI_API_KEY",
      }),
      { pollMs: 60_000, ...(onWritten ? { onWritten } : {}) },
    ),
  timelines: {
    fails: [
      { state: "running", ms: 100_000 },
      { state: "failed", ms: 0 },
    ],
    strange: [
      { state: "teleporting", ms: 60_000 },
      { state: "running", ms: 200_000 },
      { state: "succeeded", ms: 0 },
    ],
  },
  creates: /^POST \/v1\/fine_tuning\/jobs$/,
  uploads: /^POST \/v1\/files$/,
  tellsLosses: true,
  refusesFiles: false,
};

describeHostedTrainer(subject, { describe, test, expect });
