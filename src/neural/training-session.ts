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
  readonly optimizer: AdamW;
  /** `step` counts from 1. Where loss or gradients are not finite, nothing is changed. */
  step(batches: readonly TrainingBatch[], step: number, learningRate: number): Promise<TrainingStep>;
  /** Mean loss over the answer tokens of all batches. */
  loss(batches: readonly TrainingBatch[]): Promise<number>;
  close(): Promise<void>;
};

export type TrainingModel = {
  readonly config: DecoderConfig;
  /** Rewritten in place by every step. */
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
  const fixed = { ...rotaryTables(config), ...Object.fromEntries(frozen), ...Object.fromEntries(trainable) };
  const optimizer = adamW(trainable, options, options.moments);
  const accumulate = gradientAccumulator(training, trainable);
  const feedsOf = (batch: TrainingBatch, answerTokens: number) => ({
    ...fixed,
    ...batchFeeds(config, batch, answerTokens),
  });

  return {
    optimizer,
    async step(batches, step, learningRate) {
      const answerTokens = countAnswers(batches);
      const { loss, gradients } = await accumulate(batches.map((batch) => feedsOf(batch, answerTokens)));
      const tokens = batches.reduce((sum, batch) => sum + batch.length * batch.sequences.length, 0);
      const gradientNorm = Number.isFinite(loss)
        ? optimizer.update(trainable, gradients, step, learningRate)
        : Number.NaN;
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

/** Runs the batches of one step and sums what they yield. The arrays are made once and written again in every step. */
function gradientAccumulator(session: GraphSession, trainable: Weights) {
  const arrays = () => new Map([...trainable].map(([name, { data }]) => [name, new Float32Array(data.length)]));
  const sums = arrays();
  let scratch: ReadonlyMap<string, Float32Array> | undefined;
  return async (feeds: readonly Feeds[]): Promise<{ loss: number; gradients: ReadonlyMap<string, Float32Array> }> => {
    let loss = 0;
    let gradients: ReadonlyMap<string, Float32Array> = sums;
    for (const [index, feed] of feeds.entries()) {
      if (index > 0) scratch ??= arrays();
      const target = index === 0 ? sums : scratch!;
      const into = Object.fromEntries([...target].map(([name, data]) => [gradientName(name), data]));
      const results = await session.run(feed, into);
      const found = new Map([...trainable.keys()].map((name) => [name, results[gradientName(name)]!]));
      loss += results["loss"]![0]!;
      if (index === 0) gradients = found;
      else for (const [name, data] of found) add(gradients.get(name)!, data);
    }
    return { loss, gradients };
  };
}

function add(sum: Float32Array, values: Float32Array): void {
  for (let at = 0; at < sum.length; at++) sum[at]! += values[at]!;
}
