// The shape of a Llama-like decoder: its sizes, and the names and shapes of its weights. Names are those of Hugging Face's
// Llama, matrices are `[out, in]` as there, so that saved weights need no translation.

export type DecoderConfig = {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Heads of keys and values; each serves `heads / keyHeads` query heads. */
  readonly keyHeads: number;
  readonly headSize: number;
  /** Width inside the feed-forward layer. */
  readonly hidden: number;
  /** Longest sequence, in tokens. */
  readonly maximumLength: number;
  readonly ropeBase: number;
  readonly normEpsilon: number;
  /** True: the output head is the embedding table. */
  readonly tied: boolean;
};

export type DecoderSize = "1m" | "6m" | "30m";

const common = { headSize: 64, ropeBase: 10_000, normEpsilon: 1e-5, tied: true };

const sizes = {
  "1m": { width: 128, layers: 4, heads: 4, keyHeads: 2, hidden: 384, headSize: 32 },
  "6m": { width: 256, layers: 6, heads: 4, keyHeads: 2, hidden: 1024 },
  "30m": { width: 512, layers: 8, heads: 8, keyHeads: 4, hidden: 1536 },
} as const satisfies Record<DecoderSize, object>;

/** Sizes are named for their parameters with a vocabulary of 1,024 (1M), 2,048 (6M) and 8,192 (30M) tokens. */
export function decoderConfig(
  size: DecoderSize,
  options: { readonly vocabulary: number; readonly maximumLength: number },
): DecoderConfig {
  return { ...common, ...sizes[size], ...options };
}

export const embeddingName = "model.embed_tokens.weight";
export const finalNormName = "model.norm.weight";
export const headName = "lm_head.weight";

export const projections = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"] as const;

export type Projection = (typeof projections)[number];

const attentionProjections: ReadonlySet<Projection> = new Set(["q_proj", "k_proj", "v_proj", "o_proj"]);

/** The name of one matrix of one layer, without `.weight`: adapters append their own ending. */
export function projectionName(layer: number, projection: Projection): string {
  return `model.layers.${layer}.${attentionProjections.has(projection) ? "self_attn" : "mlp"}.${projection}`;
}

export function normName(layer: number, before: "attention" | "feed-forward"): string {
  return `model.layers.${layer}.${before === "attention" ? "input_layernorm" : "post_attention_layernorm"}.weight`;
}

/** `[out, in]` of one projection. */
export function projectionShape(config: DecoderConfig, projection: Projection): readonly [number, number] {
  const { width, hidden, headSize } = config;
  const queries = config.heads * headSize;
  const keys = config.keyHeads * headSize;
  const shapes: Readonly<Record<Projection, readonly [number, number]>> = {
    q_proj: [queries, width],
    k_proj: [keys, width],
    v_proj: [keys, width],
    o_proj: [width, queries],
    gate_proj: [hidden, width],
    up_proj: [hidden, width],
    down_proj: [width, hidden],
  };
  return shapes[projection];
}

/** Every weight of the decoder in a fixed order. */
export function weightShapes(config: DecoderConfig): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([[embeddingName, [config.vocabulary, config.width]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    shapes.set(normName(layer, "attention"), [config.width]);
    shapes.set(normName(layer, "feed-forward"), [config.width]);
    for (const name of projections) {
      shapes.set(`${projectionName(layer, name)}.weight`, projectionShape(config, name));
    }
  }
  shapes.set(finalNormName, [config.width]);
  if (!config.tied) shapes.set(headName, [config.vocabulary, config.width]);
  return shapes;
}

export function parameterCount(config: DecoderConfig): number {
  return [...weightShapes(config).values()].reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
}
