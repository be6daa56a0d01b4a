// The shape of assay.config.ts. Every key has a default; every mistake is reported with its path.
import { z } from "zod";
import { stemmedLanguages } from "../../text/stop-words.ts";
import { serverSchema } from "./serve-config.ts";
import { tuningSchema } from "./tuning-config.ts";

const chunking = z.discriminatedUnion("method", [
  z
    .strictObject({
      method: z.literal("structure"),
      /** Upper bound of a chunk, in tokens of Assay's fixed tokenizer. */
      maxTokens: z.int().min(32).max(8192).default(400),
      overlapTokens: z.int().min(0).default(60),
    })
    .refine(({ maxTokens, overlapTokens }) => overlapTokens < maxTokens, "overlapTokens must be below maxTokens"),
  z.strictObject({
    method: z.literal("recursive"),
    chunkSize: z.int().min(16),
    chunkOverlap: z.int().min(0).default(0),
    separators: z.array(z.string()).optional(),
    unit: z.enum(["characters", "tokens"]).default("characters"),
  }),
]);

const fusion = z.discriminatedUnion("method", [
  z.strictObject({ method: z.literal("z-score"), denseWeight: z.number().min(0).max(1).default(0.3) }),
  z.strictObject({ method: z.literal("rrf") }),
]);

const retrieval = z.strictObject({
  mode: z.enum(["hybrid", "dense", "lexical"]).default("hybrid"),
  /** Passages put before the model. */
  topK: z.int().min(1).max(200).default(5),
  /** Candidates per leg, before fusion. */
  depth: z.int().min(1).max(1000).default(100),
  fusion: fusion.default({ method: "z-score", denseWeight: 0.3 }),
  /** `embedded/linear`, `none`, or `provider/model`. */
  reranker: z.string().default("embedded/linear"),
  rerankDepth: z.int().min(2).max(200).default(20),
  mmr: z.strictObject({ fetchK: z.int().min(1).default(20), lambda: z.number().min(0).max(1).default(0.5) }).optional(),
  ordering: z.enum(["rank", "lost-in-the-middle", "document"]).default("rank"),
  /** Budget for all passages of one prompt. */
  contextTokens: z.int().min(64).default(4000),
});

const provider = z.strictObject({
  /** Base URL of an OpenAI-compatible server, e.g. http://localhost:11434/v1. */
  baseUrl: z.url(),
  /** Name of the environment variable that holds the key. */
  apiKeyEnv: z.string().optional(),
});

const generation = z.strictObject({
  instructions: z.string().optional(),
  temperature: z.number().min(0).max(2).default(0),
  maxOutputTokens: z.int().min(1).optional(),
  timeoutMs: z.int().min(1).default(120_000),
  /** False: the embedded reader always answers with its best quote. */
  decline: z.boolean().default(true),
});

const modelPrice = z.strictObject({
  inputUsdPerMillionTokens: z.number().min(0),
  outputUsdPerMillionTokens: z.number().min(0),
  /** Default: as other input. */
  cachedInputUsdPerMillionTokens: z.number().min(0).optional(),
});

const prices = z.strictObject({
  /** One vCPU for one hour: prices the embedded parts. */
  machineHourUsd: z.number().min(0).default(0.1),
  models: z.record(z.string(), modelPrice).default({}),
  /** One hour of a machine with a GPU: prices models on one's own servers by their measured time. */
  gpuHourUsd: z.number().min(0).optional(),
  vectorStoreMonthUsd: z.number().min(0).optional(),
  /** One hour of a dedicated endpoint that serves a tuned model. */
  endpointHourUsd: z.number().min(0).optional(),
  endpointHoursPerMonth: z.number().min(0).max(744).default(730),
  personHourUsd: z.number().min(0).optional(),
  labelMinutesPerExample: z.number().min(0).optional(),
  /** Hours until first in service, by approach. */
  setupHours: z.record(z.string(), z.number().min(0)).default({}),
  /** What a batch of remote calls costs less, as a share. */
  batchDiscount: z.number().min(0).max(1).default(0.5),
});

const traffic = z.strictObject({
  /** Over which upfront costs are spread. */
  horizonMonths: z.number().positive().default(12),
  documentChangesPerMonth: z.number().min(0).optional(),
  behaviourChangesPerMonth: z.number().min(0).optional(),
  /** Share of the questions that can wait for a batch. */
  batchShare: z.number().min(0).max(1).default(0),
});

const evaluation = z.strictObject({
  concurrency: z.int().min(1).max(64).default(4),
  resamples: z.int().min(100).max(100_000).default(10_000),
  seed: z.int().min(0).default(1),
  /** `embedded/lexical` (word overlap, no model), `none`, or `provider/model`, best of another family than the generator. */
  judge: z.string().default("embedded/lexical"),
  /** Most that a judge of a provider may spend in one command; what it then leaves out is unscored. */
  judgeBudgetUsd: z.number().min(0).default(5),
});

const constraints = z.strictObject({
  maxP95LatencyMs: z.number().positive().optional(),
  maxMonthlyUsd: z.number().min(0).optional(),
  needsCitations: z.boolean().optional(),
  /** No call may leave the machine. */
  offline: z.boolean().optional(),
  /** A changed document must reach the answers without training. */
  needsCurrentFacts: z.boolean().optional(),
});

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

export const configSchema = z.strictObject({
  /** Files, folders or globs, relative to the project. */
  documents: oneOrMore.default(["docs"]),
  ignore: z.array(z.string()).default([]),
  /** Access labels by glob over sources: {"docs/hr/**": ["hr"]}. */
  groups: z.record(z.string(), z.array(z.string())).default({}),
  examples: oneOrMore.default(["examples.jsonl"]),
  questions: oneOrMore.default(["questions.jsonl"]),
  /** What a revision changes: documents in place of those under the same path, and the facts that it changes. */
  changes: z
    .strictObject({
      documents: z.string().default("changes"),
      questions: oneOrMore.default(["changes.jsonl", "questions/changes.jsonl"]),
    })
    .prefault({}),
  /** ISO 639-1 codes of languages that Assay stems; "auto" reads them off the documents when the index is first built. */
  languages: z.union([z.literal("auto"), z.array(z.enum(stemmedLanguages)).min(1)]).default("auto"),
  chunking: chunking.default({ method: "structure", maxTokens: 400, overlapTokens: 60 }),
  embedder: z.string().default("embedded/static"),
  retrieval: retrieval.prefault({}),
  generator: z.string().default("embedded/extractive"),
  generation: generation.prefault({}),
  fewShot: z.strictObject({ examples: z.int().min(1).default(5) }).prefault({}),
  hybrid: z
    .strictObject({
      /** Has the generator rewrite the question before the search, and searches by its words alone or by both. */
      refineQuery: z.enum(["off", "rewritten", "both"]).default("off"),
    })
    .prefault({}),
  tuning: tuningSchema.prefault({}),
  longContext: z.strictObject({ contextTokens: z.int().min(100).default(32_000) }).prefault({}),
  providers: z.record(z.string().regex(/^[a-z0-9-]+$/), provider).default({}),
  prices: prices.prefault({}),
  evaluation: evaluation.prefault({}),
  queriesPerMonth: z.number().min(0).optional(),
  traffic: traffic.prefault({}),
  constraints: constraints.prefault({}),
  server: serverSchema.prefault({}),
});

/** What a person writes: every key optional. */
export type AssayConfig = z.input<typeof configSchema>;
/** What the code reads: every default filled in. */
export type ResolvedConfig = z.output<typeof configSchema>;

/** Gives an editor the types of `assay.config.ts`; returns its argument. */
export function defineConfig(config: AssayConfig): AssayConfig {
  return config;
}
