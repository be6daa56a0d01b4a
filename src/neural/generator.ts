// Next-token logits of a decoder, one sequence at a time, with what it has read kept as keys and values.
import type { DecoderConfig } from "./decoder-config.ts";
import { generationGraph, grownName, rememberedName } from "./generation-graph.ts";
import type { Engine } from "./onnx-engine.ts";
import { type Feeds, integers, rotaryTables, sequenceFeeds } from "./sequence-feeds.ts";
import type { Weights } from "./weights.ts";

/** What the model has read so far. Never changed: reading on gives a new one, so sequences may share a beginning. */
export type Memory = { readonly length: number; readonly keysAndValues: Feeds };

export type Reading = { readonly logits: Float32Array; readonly memory: Memory };

export type Generator = {
  readonly start: Memory;
  /** Reads `ids` after `memory`; logits are those of the token that follows. */
  read(memory: Memory, ids: readonly number[]): Promise<Reading>;
  close(): Promise<void>;
};

export async function openGenerator(engine: Engine, config: DecoderConfig, weights: Weights): Promise<Generator> {
  const session = await engine.open(generationGraph(config, weights));
  const tables = rotaryTables(config);
  return {
    start: emptyMemory(config),
    async read(memory, ids) {
      const results = await session.run({
        ...tables,
        ...sequenceFeeds(config, { batch: 1, time: ids.length, past: memory.length }),
        ...memory.keysAndValues,
        ids: integers(ids),
        last: integers([ids.length - 1]),
      });
      return { logits: results["logits"]!, memory: grown(config, results, memory.length + ids.length) };
    },
    close: () => session.close(),
  };
}

const kinds = ["key", "value"] as const;
const layersOf = ({ layers }: DecoderConfig) => Array.from({ length: layers }, (_, layer) => layer);

function emptyMemory(config: DecoderConfig): Memory {
  const none = { shape: [1, config.keyHeads, 0, config.headSize], data: new Float32Array(0) };
  const entries = layersOf(config).flatMap((layer) =>
    kinds.map((kind) => [rememberedName(kind, layer), none] as const),
  );
  return { length: 0, keysAndValues: Object.fromEntries(entries) };
}

function grown(config: DecoderConfig, results: Readonly<Record<string, Float32Array>>, length: number): Memory {
  const shape = [1, config.keyHeads, length, config.headSize];
  const entries = layersOf(config).flatMap((layer) =>
    kinds.map((kind) => [rememberedName(kind, layer), { shape, data: results[grownName(kind, layer)]! }] as const),
  );
  return { length, keysAndValues: Object.fromEntries(entries) };
}
