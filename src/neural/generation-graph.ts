// The graph that generates: new tokens in, next-token logits and the grown key-value memory out. Weights are part of it.
import type { DecoderConfig } from "./decoder-config.ts";
import { type Decoder, decoderHidden, decoderOutput, sequenceInputs } from "./decoder-graph.ts";
import { type Graph, graphBuilder } from "./graph/graph-builder.ts";
import { lookUp } from "./graph/layers.ts";
import { linear } from "./graph/linear.ts";
import { tape } from "./graph/tape.ts";
import type { Weights } from "./weights.ts";

export const rememberedName = (kind: "key" | "value", layer: number): string => `${kind}s of layer ${layer}`;
export const grownName = (kind: "key" | "value", layer: number): string => `grown ${rememberedName(kind, layer)}`;

/**
 * Inputs: `ids` int64 `[time]` of one sequence, `last` int64 `[1]` (the row whose logits are wanted), the sequence inputs, and
 * per layer the remembered keys and values `[1, keyHeads, past, size]`. Outputs: `logits` `[1, vocabulary]` and the grown memory.
 */
export function generationGraph(config: DecoderConfig, weights: Weights): Graph {
  const graph = graphBuilder();
  const steps = tape(graph);
  const memory = (time: string) => [1, config.keyHeads, time, config.headSize];
  const decoder: Decoder = {
    config,
    tape: steps,
    weights: new Map([...weights].map(([name, { shape, data }]) => [name, graph.weight(name, shape, data)])),
    sequence: sequenceInputs(steps, config),
    remember(layer, fresh) {
      const grow = (kind: "key" | "value") => {
        const past = graph.input(rememberedName(kind, layer), "float32", memory("past"));
        const grown = graph.node("Concat", [past, fresh[kind]], { attributes: { axis: 2 } });
        graph.output(grownName(kind, layer), grown, memory("keys"));
        return grown;
      };
      return { key: grow("key"), value: grow("value") };
    },
  };
  const hidden = decoderHidden(decoder, graph.input("ids", "int64", ["rows"]));
  const last = lookUp(steps, hidden, graph.input("last", "int64", [1]));
  const { normed, head } = decoderOutput(decoder, last);
  graph.output("logits", linear(steps, normed, head), [1, config.vocabulary]);
  return graph.build();
}
