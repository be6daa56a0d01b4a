// Jobs of a fake fine-tuning service: each walks through its states as time goes by, and can be cancelled, paused and let go on.
// What it "learns" is the file it was given: asked a question of that file, its model gives that file's answer.
import { createHash } from "node:crypto";

/** For how long a job is in a state before the next; the last one is its end. */
export type Timeline = readonly { readonly state: string; readonly ms: number }[];

export type FakeJob<Body> = {
  readonly id: string;
  readonly body: Body;
  readonly createdAt: number;
  readonly timeline: Timeline;
  /** The content of the training file. */
  readonly content: string;
  cancelledAt?: number;
  pausedAt?: number;
  /** Time spent paused. */
  pausedMs: number;
};

export const totalSteps = 10;

/** How long a cancelled job winds down. */
const windDownMs = 1000;

export type JobTimes = { readonly state: string; readonly step: number; readonly endedAt: number | null };

/** `running`: the state whose share makes the steps; `cancelling` undefined: cancelled at once. */
export type Vocabulary = {
  readonly running: string;
  readonly paused: string;
  readonly cancelled: string;
  readonly cancelling?: string;
};

export function timesOf(job: FakeJob<unknown>, now: number, words: Vocabulary): JobTimes {
  if (job.cancelledAt !== undefined) {
    const { step } = walked(job, job.cancelledAt, words);
    const winds = words.cancelling !== undefined && now < job.cancelledAt + windDownMs;
    return winds
      ? { state: words.cancelling!, step, endedAt: null }
      : { state: words.cancelled, step, endedAt: job.cancelledAt };
  }
  if (job.pausedAt !== undefined) return { ...walked(job, job.pausedAt, words), state: words.paused, endedAt: null };
  return walked(job, now, words);
}

function walked({ createdAt, timeline, pausedMs }: FakeJob<unknown>, now: number, { running }: Vocabulary): JobTimes {
  let left = now - createdAt - pausedMs;
  let step = 0;
  for (const [place, { state, ms }] of timeline.entries()) {
    const isLast = place === timeline.length - 1;
    if (state === running) step = Math.min(totalSteps, Math.floor((Math.max(0, left) / ms) * totalSteps));
    if (isLast || left < ms) return { state, step, endedAt: isLast ? now - left : null };
    left -= ms;
  }
  return { state: timeline.at(-1)?.state ?? running, step, endedAt: now };
}

/** Losses that fall and flatten, the same for the same step. */
export const lossAt = (step: number): number => 2 * Math.exp(-step / 3) + 0.4;

export const hashOfText = (text: string): string => createHash("sha256").update(text).digest("hex");

type Line = {
  readonly messages?: readonly { readonly role: string; readonly content: string }[];
  readonly input?: { readonly messages: readonly { readonly role: string; readonly content: string }[] };
  readonly preferred_output?: readonly { readonly content: string }[];
};

/** The answer that the file teaches for this question; undefined for a question that is not in it. */
export function learntAnswer(content: string, question: string): string | undefined {
  for (const line of linesOf(content)) {
    const { messages, input, preferred_output: preferred } = JSON.parse(line) as Line;
    const asked = (messages ?? input?.messages ?? []).findLast(({ role }) => role === "user")?.content;
    if (asked === question) return preferred?.[0]?.content ?? messages?.at(-1)?.content;
  }
  return undefined;
}

export const linesOf = (content: string): readonly string[] => content.split("\n").filter((line) => line.trim() !== "");

/** What was done at the service, for tests that nothing is done twice. */
export class Ledger {
  readonly #entries: { readonly act: "upload" | "job" | "delete"; readonly of: string }[] = [];

  /** `of`: a file's content, a job's key, what was deleted. */
  add(act: "upload" | "job" | "delete", of: string): void {
    this.#entries.push({ act, of: act === "upload" ? hashOfText(of) : of });
  }

  count(act: "upload" | "job" | "delete"): number {
    return this.#entries.filter((entry) => entry.act === act).length;
  }

  /** Contents and keys that came more than once. */
  get twice(): readonly string[] {
    const counts = new Map<string, number>();
    for (const { act, of } of this.#entries) {
      if (act !== "delete") counts.set(`${act} ${of}`, (counts.get(`${act} ${of}`) ?? 0) + 1);
    }
    return [...counts].filter(([, count]) => count > 1).map(([what]) => what);
  }
}

type ChatMessage = { readonly role: string; readonly content: string };

/** A chat completion in OpenAI's shape, which all three answer in. */
export function chatCompletion(model: string, messages: readonly ChatMessage[], content: string | undefined) {
  const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const learnt = content === undefined ? undefined : learntAnswer(content, question);
  const text = learnt ?? (content === undefined ? "I am a base model." : "I do not know.");
  return {
    id: "chatcmpl-fake",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: text, refusal: null }, finish_reason: "stop" }],
    usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
  };
}
