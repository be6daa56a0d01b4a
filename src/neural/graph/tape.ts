// Reverse-mode differentiation: operations record how their gradient flows back, `gradients` replays them last to first.
import type { GraphBuilder, Value } from "./graph-builder.ts";

/**
 * The gradient that one use of a value gives it. A function is handed the sum of the other uses so far, where there is one, and
 * returns the new sum: operations that can add while they compute save a pass over memory.
 */
export type Flow = Value | ((sum: Value | undefined) => Value);

/**
 * Appends the nodes that turn the gradient of an operation's output into those of its inputs, in their order. It may leave
 * out (`undefined`) what `wanted` does not ask for.
 */
export type Backward = (outputGradient: Value, wanted: readonly boolean[]) => readonly (Flow | undefined)[];

export type Tape = {
  readonly graph: GraphBuilder;
  /** Marks an input as one whose gradient will be asked for. */
  watch(value: Value): void;
  /** Called by every operation once. Only what depends on a watched value is kept. */
  record(output: Value, inputs: readonly Value[], backward: Backward): Value;
  /** Appends the backward graph of the scalar `loss`; one gradient per value of `of`, which must be watched and used. */
  gradients(loss: Value, of: readonly Value[]): readonly Value[];
};

type Step = { readonly output: Value; readonly inputs: readonly Value[]; readonly backward: Backward };

export function tape(graph: GraphBuilder): Tape {
  const watched = new Set<string>();
  const steps: Step[] = [];
  return {
    graph,
    watch: ({ name }) => void watched.add(name),
    record(output, inputs, backward) {
      if (inputs.some(({ name }) => watched.has(name))) {
        watched.add(output.name);
        steps.push({ output, inputs, backward });
      }
      return output;
    },
    gradients(loss, of) {
      const found = replay(graph, steps, watched, loss);
      return of.map(({ name }) => {
        const gradient = found.get(name);
        if (!gradient) throw new Error(`the loss does not depend on ${name}`);
        return gradient;
      });
    },
  };
}

function replay(graph: GraphBuilder, steps: readonly Step[], watched: ReadonlySet<string>, loss: Value) {
  const gradients = new Map<string, Value>([[loss.name, graph.floats(1)]]);
  for (const { output, inputs, backward } of steps.toReversed()) {
    const outputGradient = gradients.get(output.name);
    if (!outputGradient) continue;
    const wanted = inputs.map(({ name }) => watched.has(name));
    const flowing = backward(outputGradient, wanted);
    inputs.forEach(({ name }, index) => {
      const flow = flowing[index];
      if (wanted[index] && flow) gradients.set(name, joined(graph, gradients.get(name), flow));
    });
  }
  return gradients;
}

function joined(graph: GraphBuilder, sum: Value | undefined, flow: Flow): Value {
  if (typeof flow === "function") return flow(sum);
  return sum ? graph.node("Add", [sum, flow]) : flow;
}
