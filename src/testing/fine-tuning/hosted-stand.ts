// What a case of the hosted trainers' contract stands on: a fake service, a clock of its own, a folder, and small examples.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentProgress } from "../../core/progress.ts";
import type { TrainCall, Trainer, TuningExample, TuningJob, TuningMethod, TuningResult } from "../../core/training.ts";
import type { Timeline } from "./fake-jobs.ts";
import { fakeKeys } from "./fake-service.ts";
import type { FakeTrainingService } from "./fake-training-service.ts";
import { type TestClock, testClock } from "./test-clock.ts";

export type TrainerParts = {
  readonly fake: FakeTrainingService;
  readonly clock: TestClock;
  readonly key: string;
  readonly fetch?: typeof fetch;
  /** Told of every entry of the journal. */
  readonly onWritten?: () => void;
};

export type HostedSubject = {
  readonly name: string;
  readonly fewestExamples: number;
  fake(options: { readonly now: () => number }): Promise<FakeTrainingService>;
  trainer(parts: TrainerParts): Trainer;
  readonly timelines: {
    readonly fails: Timeline;
    /** Holds a state that no documentation knows. */
    readonly strange: Timeline;
  };
  /** `METHOD /path` of creating a job, and of uploading bytes. */
  readonly creates: RegExp;
  readonly uploads: RegExp;
  /** False where the protocol tells no losses. */
  readonly tellsLosses: boolean;
  /** False where a file is judged with the job, not by itself. */
  readonly refusesFiles: boolean;
};

/** One test's fake, clock and folder. */
export type Stand = {
  readonly fake: FakeTrainingService;
  readonly clock: TestClock;
  readonly directory: string;
  trainer(parts?: Partial<TrainerParts>): Trainer;
  job(wishes?: JobWishes): TuningJob;
  train(trainer?: Trainer, call?: Partial<TrainCall>, job?: TuningJob): Promise<TuningResult>;
  close(): Promise<void>;
};

export type JobWishes = {
  readonly method?: TuningMethod;
  readonly examples?: number;
  readonly base?: string;
  readonly spoilt?: boolean;
  readonly directory?: string;
};

export async function openStand(subject: HostedSubject, clock: TestClock = testClock()): Promise<Stand> {
  const fake = await subject.fake({ now: clock.now });
  const directory = mkdtempSync(join(tmpdir(), "assay-hosted-"));
  const trainer = (parts: Partial<TrainerParts> = {}) =>
    subject.trainer({ fake, clock, key: fakeKeys.valid, ...parts });
  const job = (wishes: JobWishes = {}) => jobOf(wishes, directory);
  return {
    ...{ fake, clock, directory, trainer, job },
    train: (by = trainer(), call = {}, what = job()) => by.train(what, { progress: silentProgress, ...call }),
    async close() {
      await fake.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export const questionAt = (place: number): string => `When does boat ${place} leave?`;
export const answerAt = (place: number): string => `Boat ${place} leaves at ${place} o'clock.`;

function jobOf(
  { method = "sft", examples = 12, base = "tunable-base", spoilt = false, directory: own }: JobWishes,
  directory: string,
): TuningJob {
  const at = (place: number) => exampleAt(place, method, spoilt && place === 1);
  return {
    method,
    settings: { base, weights: "lora", budget: { epochs: 3 }, seed: 1 },
    examples: Array.from({ length: examples }, (_, place) => at(place)),
    heldOut: [at(100), at(101)],
    directory: own ?? directory,
  };
}

function exampleAt(place: number, method: TuningMethod, isSpoilt: boolean): TuningExample {
  const question = { role: "user", content: isSpoilt ? "SPOILT" : questionAt(place) } as const;
  if (method === "dpo") return { messages: [question], preferred: answerAt(place), rejected: "No idea." };
  return { messages: [question, { role: "assistant", content: answerAt(place) }] };
}

/** What a case is given. */
export type HostedContext = {
  readonly subject: HostedSubject;
  readonly stand: Stand;
  readonly expect: (value: unknown) => { toEqual(expected: unknown): void };
};

/** Cases by what they demand. */
export type HostedCases = Readonly<Record<string, (context: HostedContext) => Promise<void>>>;

export type Failure = {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly isRetryable: boolean;
};

/** What a promise was rejected with, as people meet it; a promise that is kept fails with the code `none`. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    const { code = "?", message = "", remedy = "", isRetryable = false } = error as Partial<Failure>;
    return { code, message, remedy, isRetryable };
  }
  return { code: "none", message: "", remedy: "", isRetryable: false };
}

/** Uploads, jobs, and whatever of them came twice. */
export const counted = ({ fake: { ledger } }: Stand) => ({
  uploads: ledger.count("upload"),
  jobs: ledger.count("job"),
  twice: ledger.twice,
});

/** What a model of the fake says. */
export async function ask(
  fake: FakeTrainingService,
  model: string,
  question: string,
  path = "/chat/completions",
): Promise<string> {
  const response = await fetch(`${fake.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${fakeKeys.valid}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: question }] }),
  });
  const body = (await response.json()) as { choices: { message: { content: string } }[] };
  return body.choices[0]!.message.content;
}
