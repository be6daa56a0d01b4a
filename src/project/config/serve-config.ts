// The `server` section of the configuration: who may ask, how much, and what is kept. It opens nothing.
import { z } from "zod";

/** What a key may do. `metrics` is for operators: it reads /metrics. */
export const serverScopes = ["answer", "search", "embed", "feedback", "metrics"] as const;

const approachShare = z.strictObject({
  approach: z.string(),
  /** Share of conversations, 0 to 1. */
  share: z.number().min(0).max(1),
});

const key = z
  .strictObject({
    /** What traces, metrics and bills call it; never the key itself. */
    name: z.string().regex(/^[a-z0-9-]+$/, "lower-case letters, digits and dashes"),
    /** The environment variable that holds the key. */
    apiKeyEnv: z.string().optional(),
    /** SHA-256 of the key, 64 hexadecimal digits: `assay serve --new-key` prints a pair. */
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
      .optional(),
    /** Access labels of whoever holds the key; "all" sees every document. Default: only documents without groups. */
    groups: z.union([z.literal("all"), z.array(z.string())]).default([]),
    scopes: z.array(z.enum(serverScopes)).default(["answer", "search", "embed", "feedback"]),
    requestsPerMinute: z.int().min(1).optional(),
    dailyUsd: z.number().positive().optional(),
    monthlyUsd: z.number().positive().optional(),
  })
  .refine(
    (value) => (value.apiKeyEnv === undefined) !== (value.hash === undefined),
    "give apiKeyEnv or hash, not both",
  );

/** Personal data that can be found by its shape. */
export const redactableKinds = ["email", "phone", "card", "iban", "ssn"] as const;

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "iu");
    return true;
  } catch {
    return false;
  }
}

const guardrails = z.strictObject({
  /** Replaced in questions before anything reads or stores them. */
  redactInput: z.array(z.enum(redactableKinds)).default([]),
  /** Replaced in answers; a guarded answer is streamed only once it is whole. */
  redactOutput: z.array(z.enum(redactableKinds)).default([]),
  /** Questions that match one of these regular expressions (flags `iu`) are refused. */
  blockedTopics: z
    .array(z.strictObject({ name: z.string(), pattern: z.string().refine(isPattern, "no regular expression") }))
    .default([]),
  /** Refuses questions worded as an attempt to change the instructions. */
  refuseInjection: z.boolean().default(false),
  refusal: z.string().default("I cannot help with this request."),
  /** For all callers together. */
  dailyUsd: z.number().positive().optional(),
});

const limits = z.strictObject({
  bodyBytes: z.int().min(1000).default(1_000_000),
  /** For the whole request to arrive. */
  requestTimeoutMs: z.int().min(100).default(30_000),
  /** Answers in the making at once; others wait. */
  concurrency: z.int().min(1).max(1000).default(8),
  /** Requests that may wait; the next is told to come back. */
  queue: z.int().min(0).default(64),
  /** How long a stopping server waits for answers in the making. */
  drainMs: z.int().min(0).default(30_000),
});

const alerts = z.strictObject({
  windowMinutes: z.number().positive().default(60),
  /** Figures of fewer answers than this raise no alert. */
  minAnswers: z.int().min(1).default(20),
  /** By figure: `declined`, `failed`, `disliked` (shares), `confidence`, `p95Ms`, `usd`, or a metric's name. */
  min: z.record(z.string(), z.number()).default({}),
  max: z.record(z.string(), z.number()).default({}),
  /** Gets a POST when an alert is raised and when it is over. Nothing else is ever called. */
  webhookUrl: z.url().optional(),
  checkSeconds: z.number().min(0.05).default(30),
});

const evaluation = z.strictObject({
  /** Share of the answers that are scored after they were given; 0 turns it off. */
  share: z.number().min(0).max(1).default(0),
  /** Default: the judge of comparisons, `evaluation.judge`. */
  judge: z.string().optional(),
  /** Most that a judge of a provider may spend in a day, per process. */
  dailyUsd: z.number().min(0).default(1),
  alerts: alerts.prefault({}),
});

const telemetry = z.strictObject({
  /** Where spans are sent, e.g. `http://localhost:4318/v1/traces`; none are sent without it. */
  otlpUrl: z.url().optional(),
  serviceName: z.string().min(1).default("assay"),
  /** True: spans also hold what was asked and answered. */
  content: z.boolean().default(false),
});

export const serverSchema = z.strictObject({
  host: z.string().default("127.0.0.1"),
  port: z.int().min(0).max(65_535).default(8787),
  /** The address people reach it under, where that is a proxy's: citations link to it. */
  publicUrl: z.url().optional(),
  keys: z.array(key).default([]),
  /** Origins whose pages may call the server; none by default. */
  corsOrigins: z.array(z.string()).default([]),
  limits: limits.prefault({}),
  /** Earlier turns are dropped, oldest first, until the conversation fits. */
  conversationTokens: z.int().min(100).default(4000),
  /** Exact repeats are answered from memory; 0 turns it off. */
  cachedAnswers: z.int().min(0).default(1000),
  /** Also answers a question as one was that reads alike: least similarity (cosine). Off by default: some of these are false. */
  similarAnswers: z.number().min(0.8).max(1).optional(),
  /** What is kept of every answer: with its words, its figures alone, or nothing. */
  traces: z.enum(["content", "figures", "off"]).default("content"),
  keepTracesDays: z.int().min(1).default(30),
  guardrails: guardrails.prefault({}),
  evaluation: evaluation.prefault({}),
  telemetry: telemetry.prefault({}),
  /** Answers a share of the conversations with the model `assay`. */
  canary: approachShare.optional(),
  /** Also answers a share of the questions, unseen: only its trace is kept. */
  shadow: approachShare.optional(),
  /** Answers when the model of the asked approach is out of reach. */
  fallback: z.string().optional(),
});

export type ServerConfig = z.output<typeof serverSchema>;
export type ServerKey = ServerConfig["keys"][number];
export type ServerScope = (typeof serverScopes)[number];
export type RedactableKind = (typeof redactableKinds)[number];
