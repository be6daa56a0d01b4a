// Llama's forward pass once more, in float64 and straight from what was read: shares no code with the graph or with the writers.
import { type LlamaAsRead, type Matrix, required } from "../../formats/llama-as-read.ts";

type Vector = Float64Array;

/** Logits of the positions from `from` on; each sees the ids before it. */
export function forward(model: LlamaAsRead, ids: readonly number[], from: number): readonly Vector[] {
  const table = tensor(model, "model.embed_tokens.weight");
  let states: readonly Vector[] = ids.map((id) =>
    Float64Array.from(table.data.subarray(id * model.width, (id + 1) * model.width)),
  );
  for (let layer = 0; layer < model.layers; layer++) {
    const name = `model.layers.${layer}`;
    const attended = attention(
      model,
      name,
      states.map((x) => normed(model, `${name}.input_layernorm.weight`, x)),
    );
    states = states.map((x, at) => sum(x, attended[at]!));
    states = states.map((x) =>
      sum(x, feedForward(model, name, normed(model, `${name}.post_attention_layernorm.weight`, x))),
    );
  }
  const head = model.tensors.get("lm_head.weight") ?? table;
  return states.slice(from).map((x) => times(head, normed(model, "model.norm.weight", x)));
}

const tensor = (model: LlamaAsRead, name: string): Matrix => required(model.tensors.get(name), name);

const sum = (a: Vector, b: Vector): Vector => a.map((value, at) => value + b[at]!);

function times({ rows, columns, data }: Matrix, x: Vector): Vector {
  const result = new Float64Array(rows);
  for (let row = 0, at = 0; row < rows; row++) {
    let total = 0;
    for (let column = 0; column < columns; column++, at++) total += data[at]! * x[column]!;
    result[row] = total;
  }
  return result;
}

function linear(model: LlamaAsRead, name: string, x: Vector): Vector {
  const plain = times(tensor(model, `${name}.weight`), x);
  const adapter = model.adapters.get(name);
  if (!adapter) return plain;
  const low = times(adapter.up, times(adapter.down, x));
  return plain.map((value, at) => value + adapter.scale * low[at]!);
}

function normed(model: LlamaAsRead, name: string, x: Vector): Vector {
  const gains = tensor(model, name).data;
  const meanSquare = x.reduce((total, value) => total + value * value, 0) / x.length;
  const inverse = 1 / Math.sqrt(meanSquare + model.normEpsilon);
  return x.map((value, at) => value * inverse * gains[at]!);
}

/** Turns every pair of every head by its position's angle. */
function turned({ headSize, ropeBase, turning }: LlamaAsRead, x: Vector, position: number): Vector {
  const result = new Float64Array(x.length);
  const half = headSize / 2;
  for (let head = 0; head < x.length; head += headSize) {
    for (let pair = 0; pair < half; pair++) {
      const [first, second] =
        turning === "halves" ? [head + pair, head + pair + half] : [head + 2 * pair, head + 2 * pair + 1];
      const angle = position / ropeBase ** ((2 * pair) / headSize);
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      result[first] = x[first]! * cosine - x[second]! * sine;
      result[second] = x[first]! * sine + x[second]! * cosine;
    }
  }
  return result;
}

function attention(model: LlamaAsRead, layer: string, inputs: readonly Vector[]): readonly Vector[] {
  const projected = (name: string) => inputs.map((x) => linear(model, `${layer}.self_attn.${name}`, x));
  const queries = projected("q_proj").map((x, at) => turned(model, x, at));
  const keys = projected("k_proj").map((x, at) => turned(model, x, at));
  const values = projected("v_proj");
  return queries.map((query, at) => {
    const mixed = new Float64Array(query.length);
    for (let head = 0; head < model.heads; head++) mixHead(model, { query, keys, values, head, at }, mixed);
    return linear(model, `${layer}.self_attn.o_proj`, mixed);
  });
}

type HeadInputs = {
  readonly query: Vector;
  readonly keys: readonly Vector[];
  readonly values: readonly Vector[];
  readonly head: number;
  readonly at: number;
};

function mixHead({ headSize, heads, keyHeads }: LlamaAsRead, inputs: HeadInputs, mixed: Vector): void {
  const { query, keys, values, head, at } = inputs;
  const own = head * headSize;
  const shared = Math.floor((head * keyHeads) / heads) * headSize;
  const scores = keys.slice(0, at + 1).map((key) => {
    let score = 0;
    for (let part = 0; part < headSize; part++) score += query[own + part]! * key[shared + part]!;
    return score / Math.sqrt(headSize);
  });
  const highest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - highest));
  const total = weights.reduce((sumSoFar, weight) => sumSoFar + weight, 0);
  weights.forEach((weight, past) => {
    for (let part = 0; part < headSize; part++) mixed[own + part]! += (weight / total) * values[past]![shared + part]!;
  });
}

function feedForward(model: LlamaAsRead, layer: string, x: Vector): Vector {
  const gate = linear(model, `${layer}.mlp.gate_proj`, x);
  const up = linear(model, `${layer}.mlp.up_proj`, x);
  return linear(
    model,
    `${layer}.mlp.down_proj`,
    gate.map((value, at) => (value / (1 + Math.exp(-value))) * up[at]!),
  );
}
