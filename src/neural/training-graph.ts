// The graphs of training: loss with gradients, and loss alone for held-out examples. One graph serves every batch and length.
import { type DecoderConfig, weightShapes } from "./decoder-config.ts";
import { type Decoder, decoderHidden, decoderOutput, sequenceInputs, weightInputs } from "./decoder-graph.ts";
import { type Graph, graphBuilder } from "./graph/graph-builder.ts";
import { crossEntropy, lookUp } from "./graph/layers.ts";
import { tape } from "./graph/tape.ts";
import { initialAdapter, type LoraConfig } from "./weights.ts";

/** Names of what a gradient is wanted of, and its shape. */
export function trainableShapes(config: DecoderConfig, lora?: LoraConfig): ReadonlyMap<string, readonly number[]> {
  if (!lora) return weightShapes(config);
  return new Map([...initialAdapter(config, lora, 0)].map(([name, { shape }]) => [name, shape]));
}

export const gradientName = (weight: string): string => `gradient ${weight}`;

/**
 * Inputs: `ids` int64 `[rows]` with rows = batch · time; `answers` int64 `[answers]`, the rows whose next token counts;
 * `targets` int64 and `tokenWeights` float32 of the same length; the sequence inputs; every weight by its name.
 * Outputs: `loss`, and with `gradients` one `gradient <name>` per trainable weight.
 */
export function trainingGraph(
  config: DecoderConfig,
  options: { readonly lora?: LoraConfig; readonly gradients: boolean },
): Graph {
  const graph = graphBuilder();
  const steps = tape(graph);
  const trainable = trainableShapes(config, options.lora);
  const weights = weightInputs(steps, new Map([...weightShapes(config), ...trainable]));
  const learned = [...trainable.keys()].map((name) => weights.get(name)!);
  for (const weight of learned) steps.watch(weight);

  const decoder: Decoder = {
    config,
    tape: steps,
    weights,
    sequence: sequenceInputs(steps, config),
    ...(options.lora && { lora: options.lora }),
  };
  const hidden = decoderHidden(decoder, graph.input("ids", "int64", ["rows"]));
  const answers = lookUp(steps, hidden, graph.input("answers", "int64", ["answers"]));
  const targets = graph.input("targets", "int64", ["answers"]);
  const tokenWeights = graph.input("tokenWeights", "float32", ["answers"]);
  const { normed, head } = decoderOutput(decoder, answers);
  const loss = crossEntropy(steps, normed, head, targets, tokenWeights);
  graph.output("loss", loss, []);
  if (options.gradients) {
    const gradients = steps.gradients(loss, learned);
    [...trainable].forEach(([name, shape], index) => {
      graph.output(gradientName(name), gradients[index]!, shape);
    });
  }
  return graph.build();
}
