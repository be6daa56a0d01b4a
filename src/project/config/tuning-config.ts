// The `tuning` part of the configuration: what `compare` may train by itself, and tuned models that exist elsewhere.
import { z } from "zod";

const embedded = z.strictObject({
  /** Parameters of the model, trained from random weights. */
  size: z.enum(["1m", "6m", "30m"]).default("1m"),
  /** At most; held-out loss may end it sooner. */
  minutes: z.number().positive().max(1440).default(1),
  seed: z.int().min(0).default(1),
});

const trainer = z.strictObject({
  /** Default: the provider's own. For `openai` also Azure's, or that of a look-alike. */
  baseUrl: z.url().optional(),
  /** Name of the environment variable that holds the key. */
  apiKeyEnv: z.string().optional(),
  /** How the key travels; Azure's older addresses take `api-key`. */
  keyHeader: z.enum(["authorization", "api-key"]).default("authorization"),
  /** Azure's `api-version`, where its address needs one. */
  apiVersion: z.string().optional(),
  /** Azure's `trainingType`. */
  trainingType: z.enum(["standard", "globalStandard", "developer"]).optional(),
  /** The account at Fireworks. */
  account: z.string().optional(),
  /** The provider's base model, where `--base` names none. */
  base: z.string().optional(),
  /** The provider that answers with what was tuned, as `providers` calls it. Default: the trainer's own name. */
  answersWith: z.string().optional(),
  /** What training costs, where Assay knows no price. */
  usdPerMillionTrainingTokens: z.number().min(0).optional(),
  /** One hour of the machine that the tuned model answers from. Default: `prices.endpointHourUsd`. */
  endpointHourUsd: z.number().min(0).optional(),
  /** How often a job is asked how it stands. */
  pollSeconds: z.number().positive().default(15),
});

/** Training by the Python engines of this machine: the trainers `trl` and `mlx`. */
const local = z.strictObject({
  /** A Python that has the engine's packages. Default: ASSAY_PYTHON, else uv, which brings them. */
  python: z.string().optional(),
  device: z.enum(["auto", "cpu", "cuda", "mps"]).default("auto"),
  /** Examples of one step. */
  batchSize: z.int().min(1).default(8),
  /** Examples in memory at once: less memory, more time, the same result. Default: the whole batch. */
  microBatchSize: z.int().min(1).optional(),
  /** In tokens of the base; longer examples are left out. */
  maxLength: z.int().min(16).default(1024),
  /** Held-out losses in a row without a new best before it stops. */
  patience: z.int().min(1).default(3),
});

export type TrainerConfig = z.output<typeof trainer>;
const server = (port: number) => ({
  baseUrl: z.url().default(`http://localhost:${port}`),
  /** Name of the environment variable that holds the key, where the server wants one. */
  apiKeyEnv: z.string().optional(),
});

/** What answers with weights that a local engine trained. */
const serve = z.discriminatedUnion("engine", [
  z.strictObject({ engine: z.literal("vllm"), ...server(8000) }),
  z.strictObject({ engine: z.literal("llama-server"), ...server(8080) }),
  z.strictObject({
    engine: z.literal("ollama"),
    ...server(11434),
    /** The very base that was tuned, as Ollama calls it: then only the adapter is sent. Default: the whole model is. */
    base: z.string().optional(),
    /** The chat template in Ollama's own language. Default: known for bases that Assay made, and that of `base`. */
    template: z.string().optional(),
    /** What ends an answer, where the template does not tell. */
    stop: z.string().optional(),
  }),
  z.strictObject({
    engine: z.literal("node-llama-cpp"),
    /** A folder whose `node_modules` hold the package. Default: where Assay is installed. */
    installedIn: z.string().optional(),
    /** Default: the processors that stand idle when the first question comes. */
    threads: z.int().min(1).optional(),
    contextTokens: z.int().min(64).optional(),
  }),
]);

export type ServeConfig = z.output<typeof serve>;

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => [value].flat());

export const tuningSchema = z.strictObject({
  /** What `compare` trains where no tuned model of the present examples exists: it costs nothing. False: nothing. */
  embedded: z.union([z.literal(false), embedded]).prefault({}),
  /** A model directory to tune from, relative to the project: a base that reads makes `hybrid` and `raft` possible. */
  base: z.string().optional(),
  /** The tuned model of each method: `provider/model`, or `<trainer>/<id>` for a run of `assay tune`. Default: the latest. */
  models: z
    .strictObject({ sft: z.string().optional(), raft: z.string().optional(), slots: z.string().optional() })
    .prefault({}),
  /** What `--method raft` learns from: `assay data synthesize --raft` writes it. */
  raftExamples: oneOrMore.default(["raft.jsonl"]),
  /** What `--method slots` learns from: `assay data synthesize --slots` writes it. */
  slotExamples: oneOrMore.default(["slots.jsonl"]),
  /** What `--method dpo` learns from: rows with a preferred and a rejected answer. */
  preferences: oneOrMore.default(["preferences.jsonl"]),
  local: local.prefault({}),
  /** Default: Assay's own engine, which reads Llama-like bases. */
  serve: serve.optional(),
  /** Addresses, keys and prices of the trainers that are not on this machine. */
  trainers: z
    .strictObject({ together: trainer.prefault({}), fireworks: trainer.prefault({}), openai: trainer.prefault({}) })
    .prefault({}),
});
