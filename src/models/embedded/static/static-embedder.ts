// The embedder that needs nothing but the user's own documents: a text is the mean of its token vectors.
// It reads no order and no grammar; whatever reports it must say so.
import { AssayError } from "../../../core/errors.ts";
import type { Embedder, Usage } from "../../../core/models.ts";
import type { ProgressStage } from "../../../core/progress.ts";
import { adaptVectors } from "./adaptation.ts";
import { bpeTokenizer } from "./bpe-tokenizer.ts";
import { readStaticModel, writeStaticModel } from "./model-files.ts";
import { quantiseRows } from "./quantised-rows.ts";
import { textEncoder } from "./text-encoder.ts";
import { buildTokenCorpus, type Passage } from "./token-corpus.ts";

const modelId = "embedded/static";

export const staticEmbedderLabel = "static, bag of tokens, adapted on this corpus (no neural network reading)";

export type AdaptStaticEmbedderOptions = {
  /** What the index will hold. Embed passages later as `title`, a line break, `text`: as they are read here. */
  readonly passages: readonly Passage[];
  /** Where the model goes; an older one there is replaced in one step. */
  readonly directory: string;
  /** The same passages, seed, dimensions and steps give the same bytes, whatever the number of threads. */
  readonly seed: number;
  /** A multiple of 16. Default 256. */
  readonly dimensions?: number;
  /** Training steps. Default: by corpus size; 0 keeps the random start. */
  readonly steps?: number;
  /** Advanced once per training step. */
  readonly progress?: ProgressStage;
  /** Default: the machine's cores, at most 8. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
};

/** Beyond this many passages an even sample is read: more would cost memory and change little. */
const passageLimit = 100_000;

/**
 * Learns tokenizer and vectors from `passages` and writes them to `directory`. Throws `no-documents` without passages,
 * `bad-config` for other dimensions than multiples of 16, `disk-full`.
 */
export async function adaptStaticEmbedder(options: AdaptStaticEmbedderOptions): Promise<void> {
  if (options.passages.length === 0) {
    throw new AssayError({ code: "no-documents", message: "there is no passage to adapt the embedder on" });
  }
  const dimensions = options.dimensions ?? 256;
  if (!Number.isInteger(dimensions) || dimensions < 16 || dimensions % 16 !== 0) {
    throw new AssayError({
      code: "bad-config",
      message: `${modelId}: ${dimensions} dimensions are not a multiple of 16`,
      remedy: "set dimensions to 128, 256 or 512",
    });
  }
  const { vocabulary, corpus } = buildTokenCorpus(evenSample(options.passages, passageLimit));
  let reported = 0;
  const table = await adaptVectors(corpus, {
    dimensions,
    seed: options.seed,
    ...(options.steps === undefined ? {} : { steps: options.steps }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    onSteps: (done, total) => {
      options.progress?.advance(done - reported, `step ${done} of ${total}`);
      reported = done;
    },
  });
  await writeStaticModel(options.directory, { vocabulary, rows: quantiseRows(table, dimensions) });
}

/** Opens what `adaptStaticEmbedder` wrote. Throws `corrupt-state` when the folder is missing, damaged or of another format. */
export async function openStaticEmbedder(directory: string): Promise<Embedder> {
  const model = await readStaticModel(directory);
  const { dimensions } = model.rows;
  const tokenizer = bpeTokenizer(model.vocabulary);
  const encode = textEncoder(tokenizer, model.rows);
  return {
    name: modelId,
    version: "1",
    config: { weights: model.contentHash, dimensions },
    dimensions,
    label: staticEmbedderLabel,
    async embed({ values }, call) {
      call?.signal?.throwIfAborted();
      const startMs = performance.now();
      const { vectors, tokens } = encode(values);
      // Nothing is awaited in between, so the time that passed is processor time.
      const durationMs = performance.now() - startMs;
      const usage: Usage = {
        modelId,
        inputTokens: tokens,
        cachedInputTokens: 0,
        outputTokens: 0,
        durationMs,
        cpuMs: durationMs,
      };
      return { vectors, usage: [usage] };
    },
  };
}

function evenSample(passages: readonly Passage[], limit: number): readonly Passage[] {
  if (passages.length <= limit) return passages;
  return Array.from({ length: limit }, (_, index) => passages[Math.floor((index * passages.length) / limit)]!);
}
