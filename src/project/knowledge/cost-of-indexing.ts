// Measures what indexing takes, so that one changed document has a price. Knows no price.
import type { Embedder, Usage } from "../../core/models.ts";
import type { ControlDatabase } from "../state/control-database.ts";

/** What indexing a number of documents took, by model. */
type Measured = { readonly documents: number; readonly usage: readonly Usage[] };

type IndexingRecord = {
  readonly generation: string;
  /** The first filling of this generation. */
  readonly build: Measured;
  /** Everything after that. */
  readonly updates: Measured;
};

export type IndexingCost = {
  readonly whole: readonly Usage[];
  readonly oneDocument: readonly Usage[];
  /** How the figures came about, in a sentence. */
  readonly basis: string;
};

const indexing = "embedded/indexing";
const emptyUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 };

/** Processor time is that of the whole process: a server that answers questions meanwhile makes it look dearer. */
export function meterIndexing(): { measure(embedder: Embedder): Embedder; read(): readonly Usage[] } {
  const cpuAtStart = process.cpuUsage();
  const startedAt = performance.now();
  const calls: Usage[] = [];
  return {
    measure: (embedder) => ({
      ...embedder,
      async embed(input, call) {
        const reply = await embedder.embed(input, call);
        calls.push(...reply.usage);
        return reply;
      },
    }),
    read() {
      const { user, system } = process.cpuUsage(cpuAtStart);
      const metered = calls.reduce((total, { cpuMs = 0 }) => total + cpuMs, 0);
      const cpuMs = Math.max(0, (user + system) / 1000 - metered);
      const own = { modelId: indexing, ...emptyUsage, durationMs: performance.now() - startedAt, cpuMs };
      return [...mergedByModel(calls).map((usage) => ({ ...usage, durationMs: 0 })), own];
    },
  };
}

/** Adds to the record of `generation`; a new generation begins a new record. Nothing indexed changes nothing. */
export function recordIndexing(database: ControlDatabase, generation: string, measured: Measured): void {
  if (measured.documents === 0) return;
  const found = readRecord(database);
  const record: IndexingRecord =
    found?.generation === generation
      ? { ...found, updates: combined(found.updates, measured) }
      : { generation, build: measured, updates: { documents: 0, usage: [] } };
  const write = database.sqlite.prepare("INSERT OR REPLACE INTO meta VALUES ('indexingCost', ?)");
  database.transaction(() => write.run(JSON.stringify(record)));
}

/** For an index of `documents` documents. Without a record the usage is there and unpriced. */
export function readIndexingCost(database: ControlDatabase, generation: string, documents: number): IndexingCost {
  const record = readRecord(database);
  if (record?.generation !== generation) {
    const usage = [{ modelId: indexing, ...emptyUsage, durationMs: 0 }];
    return {
      whole: usage,
      oneDocument: usage,
      basis: "What indexing took was not measured: `assay ingest --readapt` does.",
    };
  }
  const { build, updates } = record;
  const basis =
    updates.documents > 0
      ? `One changed document: the mean of ${updates.documents} that were indexed after the first time, upkeep of the index included.`
      : `One changed document: the mean of the ${build.documents} of the first indexing; a single one takes more, as upkeep of the index is not shared.`;
  return {
    whole: scaled(build.usage, documents / build.documents),
    oneDocument: scaled(...(updates.documents > 0 ? perDocument(updates) : perDocument(build))),
    basis,
  };
}

function readRecord(database: ControlDatabase): IndexingRecord | undefined {
  const row = database.sqlite.prepare("SELECT value FROM meta WHERE key = 'indexingCost'").get();
  return row && (JSON.parse(String(row["value"])) as IndexingRecord);
}

function perDocument({ usage, documents }: Measured): readonly [readonly Usage[], number] {
  return [usage, 1 / documents];
}

function combined(a: Measured, b: Measured): Measured {
  return { documents: a.documents + b.documents, usage: mergedByModel([...a.usage, ...b.usage]) };
}

function mergedByModel(calls: readonly Usage[]): readonly Usage[] {
  return [...Map.groupBy(calls, ({ modelId }) => modelId).values()].map((ofModel) => ofModel.reduce(added));
}

function added(a: Usage, b: Usage): Usage {
  return {
    modelId: a.modelId,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    durationMs: a.durationMs + b.durationMs,
    ...(a.cpuMs === undefined && b.cpuMs === undefined ? {} : { cpuMs: (a.cpuMs ?? 0) + (b.cpuMs ?? 0) }),
    ...(a.tokensUnknown || b.tokensUnknown ? { tokensUnknown: true as const } : {}),
  };
}

function scaled(usage: readonly Usage[], factor: number): readonly Usage[] {
  return usage.map((one) => ({
    ...one,
    inputTokens: one.inputTokens * factor,
    cachedInputTokens: one.cachedInputTokens * factor,
    outputTokens: one.outputTokens * factor,
    durationMs: one.durationMs * factor,
    ...(one.cpuMs === undefined ? {} : { cpuMs: one.cpuMs * factor }),
  }));
}
