// The whole model: loss against an independent decoder, gradients against finite differences, both engines against the interpreter.
import { describe, expect, test } from "vitest";
import { type DecoderConfig, parameterCount, projections } from "./decoder-config.ts";
import { interpret } from "./graph/reference-interpreter.ts";
import type { ReferenceTensor } from "./graph/reference-tensor.ts";
import { openEngine } from "./onnx-engine.ts";
import { random } from "./random.ts";
import { referenceLogits } from "./reference-decoder.ts";
import { type Feeds, integers, rotaryTables, sequenceFeeds } from "./sequence-feeds.ts";
import { gradientName, trainableShapes, trainingGraph } from "./training-graph.ts";
import { initialAdapter, initialWeights, type LoraConfig, type Weights } from "./weights.ts";

const config: DecoderConfig = {
  vocabulary: 11,
  width: 8,
  layers: 2,
  heads: 4,
  keyHeads: 2,
  headSize: 4,
  hidden: 12,
  maximumLength: 8,
  ropeBase: 10_000,
  normEpsilon: 1e-5,
  tied: true,
};
const untied: DecoderConfig = { ...config, tied: false };
const lora: LoraConfig = { rank: 2, alpha: 3, targets: projections };

/** Larger than a fresh model's, so that softmax, sigmoid and the low-rank path all bend; gains differ from 1. */
function stirred(weights: Weights): Weights {
  const { normal } = random(3);
  return new Map(
    [...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map((x) => x + 0.4 * normal()) }]),
  );
}

const sequences = [
  [3, 1, 4, 1, 5, 9],
  [2, 6, 5, 3, 5, 8],
];
const next = (ids: readonly number[]) => ids.map((id) => (id * 3 + 1) % config.vocabulary);
/** Positions 2, 3 and 4 of both sequences count; the second counts three times as much. */
const answers = [2, 3, 4, 8, 9, 10];
const tokenWeights = [1, 1, 1, 3, 3, 3].map((weight) => weight / 12);

function feedsOf(model: DecoderConfig, weights: Weights): Feeds {
  const ids = sequences.flat();
  return {
    ...sequenceFeeds(model, { batch: 2, time: 6 }),
    ...rotaryTables(model),
    ids: integers(ids),
    answers: integers(answers),
    targets: integers(answers.map((row) => next(ids)[row]!)),
    tokenWeights: { shape: [answers.length], data: Float32Array.from(tokenWeights) },
    ...Object.fromEntries(weights),
  };
}

const asReference = (feeds: Feeds): Record<string, ReferenceTensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data, Number) }]),
  );

function independentLoss(model: DecoderConfig, weights: Weights, adapter?: LoraConfig): number {
  const logits = sequences.flatMap((ids) => referenceLogits(model, weights, ids, adapter));
  const targets = next(sequences.flat());
  return answers.reduce((sum, row, index) => {
    const total = Math.log(logits[row]!.reduce((all, logit) => all + Math.exp(logit), 0));
    return sum + tokenWeights[index]! * (total - logits[row]![targets[row]!]!);
  }, 0);
}

const relativeGap = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b));

const cases = [
  { name: "tied, full", model: config, adapter: undefined },
  { name: "untied, full", model: untied, adapter: undefined },
  { name: "low-rank", model: config, adapter: lora },
] as const;

describe.each(cases)("$name", ({ model, adapter }) => {
  const graph = trainingGraph(model, { gradients: true, ...(adapter && { lora: adapter }) });
  const weights = stirred(
    new Map([...initialWeights(model, 1), ...(adapter ? initialAdapter(model, adapter, 2) : [])]),
  );
  const inputs = asReference(feedsOf(model, weights));
  const reference = interpret(graph, inputs);

  test("the loss is the independent decoder's", () => {
    expect(reference["loss"]!.data[0]).toBeCloseTo(independentLoss(model, weights, adapter), 6);
  });

  test("gradients agree with finite differences", () => {
    const step = 1e-5;
    for (const name of trainableShapes(model, adapter).keys()) {
      const { data } = inputs[name]!;
      const gradient = reference[gradientName(name)]!.data;
      const at = gradient.reduce(
        (best, value, index) => (Math.abs(value) > Math.abs(gradient[best]!) ? index : best),
        0,
      );
      const kept = data[at]!;
      data[at] = kept + step;
      const above = interpret(graph, inputs)["loss"]!.data[0]!;
      data[at] = kept - step;
      const below = interpret(graph, inputs)["loss"]!.data[0]!;
      data[at] = kept;
      expect(Math.abs(gradient[at]!)).toBeGreaterThan(1e-4);
      expect(relativeGap((above - below) / (2 * step), gradient[at]!)).toBeLessThan(1e-6);
    }
  });

  test.each(["native", "wasm"] as const)("%s computes the same", async (prefer) => {
    const engine = await openEngine({ prefer, threads: 1 });
    const session = await engine.open(graph);
    const into = Object.fromEntries(
      [...trainableShapes(model, adapter)].map(([name, shape]) => [
        gradientName(name),
        new Float32Array(shape.reduce((product, size) => product * size, 1)),
      ]),
    );
    const results = await session.run(feedsOf(model, weights), into);
    await session.close();
    expect(results["loss"]![0]).toBeCloseTo(reference["loss"]!.data[0]!, 5);
    for (const name of trainableShapes(model, adapter).keys()) {
      const expected = reference[gradientName(name)]!.data;
      results[gradientName(name)]!.forEach((value, at) => {
        expect(relativeGap(value, expected[at]!)).toBeLessThan(1e-5);
      });
      if (prefer === "native") expect(into[gradientName(name)]).toEqual(results[gradientName(name)]);
    }
  });
});

test("sizes are what their names say", async () => {
  const { decoderConfig } = await import("./decoder-config.ts");
  const millions = (size: "1m" | "6m" | "30m", vocabulary: number) =>
    parameterCount(decoderConfig(size, { vocabulary, maximumLength: 256 })) / 1e6;
  expect(millions("1m", 1024)).toBeCloseTo(0.92, 1);
  expect(millions("6m", 2048)).toBeCloseTo(6.4, 1);
  expect(millions("30m", 8192)).toBeCloseTo(29.4, 1);
});
