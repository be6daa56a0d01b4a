// One model being trained: runs the graphs, adds up gradients, lets AdamW rewrite the weights. Knows no text and no schedule.
import { type AdamW, type AdamWOptions, adamW } from "./adamw.ts";
import type { DecoderConfig } from "./decoder-config.ts";
import type { Engine, GraphSession } from "./onnx-engine.ts";
import { type Feeds, integers, rotaryTables, sequenceFeeds } from "./sequence-feeds.ts";
import { gradientName, trainingGraph } from "./training-graph.ts";
import type { LoraConfig, Weights } from "./weights.ts";

/** `answers` are the positions whose next token counts. */
export type TrainingSequence = { readonly ids: readonly number[]; readonly answers: readonly number[] };

/** Sequences that run through the graph together, padded to `length` tokens. */
export type TrainingBatch = { readonly sequences: readonly TrainingSequence[]; readonly length: number };

export type TrainingStep = {
  /** Mean over the answer tokens, before the update, in nats. */
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Tokens that went through the graph, padding included. */
  readonly tokens: number;
};

export type TrainingSession = {
  /** Holds the weights being trained, rewritten in place by every step, and all that a checkpoint needs besides. */
  readonly optimizer: AdamW;
  /** `step` counts from 1. Where loss or gradients are not finite, nothing is changed. */
  step(batches: readonly TrainingBatch[], step: number, learningRate: number): Promise<TrainingStep>;
  /** Mean loss over the answer tokens of all batches. */
  loss(batches: readonly TrainingBatch[]): Promise<number>;
  close(): Promise<void>;
};

export type TrainingModel = {
  readonly config: DecoderConfig;
  /** Where training begins; stays as it is. */
  readonly trainable: Weights;
  /** The base below an adapter; empty for full training. */
  readonly frozen: Weights;
  readonly lora?: LoraConfig;
};

export async function openTrainingSession(
  engine: Engine,
  model: TrainingModel,
  options: AdamWOptions & { readonly moments?: Weights },
): Promise<TrainingSession> {
  const { config, trainable, frozen } = model;
  const lora = model.lora ? { lora: model.lora } : {};
  const training = await engine.open(trainingGraph(config, { ...lora, gradients: true }));
  const evaluation = await engine.open(trainingGraph(config, { ...lora, gradients: false }));
  const optimizer = adamW(trainable, options, options.moments);
  const fixed = { ...rotaryTables(config), ...Object.fromEntries(frozen), ...Object.fromEntries(optimizer.weights) };
  const accumulate = gradientAccumulator(training, optimizer.gradients);
  const feedsOf = (batch: TrainingBatch, answerTokens: number) => ({
    ...fixed,
    ...batchFeeds(config, batch, answerTokens),
  });

  return {
    optimizer,
    async step(batches, step, learningRate) {
      const answerTokens = countAnswers(batches);
      const loss = await accumulate(batches.map((batch) => feedsOf(batch, answerTokens)));
      const tokens = batches.reduce((sum, batch) => sum + batch.length * batch.sequences.length, 0);
      const gradientNorm = Number.isFinite(loss) ? optimizer.update(step, learningRate) : Number.NaN;
      return { loss, gradientNorm, tokens };
    },
    async loss(batches) {
      const answerTokens = countAnswers(batches);
      let loss = 0;
      for (const batch of batches) loss += (await evaluation.run(feedsOf(batch, answerTokens)))["loss"]![0]!;
      return loss;
    },
    async close() {
      await training.close();
      await evaluation.close();
    },
  };
}

const countAnswers = (batches: readonly TrainingBatch[]): number =>
  batches.reduce((sum, { sequences }) => sum + sequences.reduce((all, { answers }) => all + answers.length, 0), 0);

/** Every answer token weighs the same, in whichever batch of the step it stands: accumulation changes memory, not results. */
function batchFeeds(config: DecoderConfig, { sequences, length }: TrainingBatch, answerTokens: number): Feeds {
  const ids = sequences.flatMap((sequence) => [
    ...sequence.ids,
    ...new Array<number>(length - sequence.ids.length).fill(0),
  ]);
  const answers = sequences.flatMap((sequence, index) => sequence.answers.map((at) => index * length + at));
  return {
    ...sequenceFeeds(config, { batch: sequences.length, time: length }),
    ids: integers(ids),
    answers: integers(answers),
    targets: integers(answers.map((at) => ids[at + 1]!)),
    tokenWeights: { shape: [answers.length], data: new Float32Array(answers.length).fill(1 / answerTokens) },
  };
}

/** Runs the batches of one step and leaves the sum of their gradients in `sums`; returns the loss. */
function gradientAccumulator(session: GraphSession, sums: ReadonlyMap<string, Float32Array>) {
  const targets = (arrays: ReadonlyMap<string, Float32Array>) =>
    Object.fromEntries([...arrays].map(([name, data]) => [gradientName(name), data]));
  const first = targets(sums);
  let later: Readonly<Record<string, Float32Array>> | undefined;
  return async (feeds: readonly Feeds[]): Promise<number> => {
    let loss = 0;
    for (const [index, feed] of feeds.entries()) {
      if (index > 0)
        later ??= targets(new Map([...sums].map(([name, { length }]) => [name, new Float32Array(length)])));
      const results = await session.run(feed, index === 0 ? first : later);
      loss += results["loss"]![0]!;
      for (const [name, sum] of sums) {
        const found = results[gradientName(name)]!;
        if (index > 0) add(sum, found);
        else if (found !== sum) sum.set(found);
      }
    }
    return loss;
  };
}

function add(sum: Float32Array, values: Float32Array): void {
  for (let at = 0; at < sum.length; at++) sum[at]! += values[at]!;
}
