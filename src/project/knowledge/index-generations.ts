// Which generation of the index is live. A change of embedder or analyser makes a new one beside the old; one write flips them.
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { identityOf } from "../../core/component.ts";
import { AssayError } from "../../core/errors.ts";
import { hashOf } from "../../core/hash.ts";
import type { Embedder } from "../../core/models.ts";
import type { CopyableIndex } from "../../core/retrieval.ts";
import { openLanceIndex } from "../../indexes/lancedb.ts";
import type { Analyser } from "../../text/analyser.ts";
import type { ControlDatabase } from "../state/control-database.ts";
import type { StateFolder } from "../state/state-folder.ts";

/** What the live index was built with. */
export type LiveIndex = {
  readonly generation: string;
  /** Key of the stage folder with analyser, lexicon and static embedder. */
  readonly embeddedParts: string;
  /** Identity and name of the embedder whose vectors it holds. */
  readonly embedderIdentity: string;
  readonly embedderName: string;
  /** Hash over every document revision it holds. */
  readonly corpusHash: string;
  /** Chunks at the time the embedded parts were adapted: `doctor` advises when the corpus has outgrown them. */
  readonly adaptedOnChunks: number;
};

export function readLiveIndex(database: ControlDatabase): LiveIndex | undefined {
  const row = database.sqlite.prepare("SELECT value FROM meta WHERE key = 'liveIndex'").get() as
    | { value: string }
    | undefined;
  return row && (JSON.parse(row.value) as LiveIndex);
}

/** Makes `live` the index that searches open, in one write. */
export function writeLiveIndex(database: ControlDatabase, live: LiveIndex): void {
  const write = database.sqlite.prepare("INSERT OR REPLACE INTO meta VALUES ('liveIndex', ?)");
  database.transaction(() => write.run(JSON.stringify(live)));
}

/** The generation's name: equal parts give equal names, so an interrupted build goes on where it stopped. */
export function generationOf(embedder: Embedder, analyser: Analyser): string {
  return hashOf({ embedder: identityOf(embedder), analyser: identityOf(analyser) }).slice(0, 16);
}

export function openGeneration(
  state: StateFolder,
  generation: string,
  embedder: Embedder,
  analyser: Analyser,
): Promise<CopyableIndex> {
  return openLanceIndex({
    directory: join(state.index, generation),
    dimensions: embedder.dimensions,
    embedderIdentity: identityOf(embedder),
    embedderName: embedder.name,
    analyserIdentity: identityOf(analyser),
  });
}

/** Removes every generation but the live one. */
export function dropOldGenerations(state: StateFolder, live: string): void {
  for (const name of readdirSync(state.index)) {
    if (name !== live) rmSync(join(state.index, name), { recursive: true, force: true });
  }
}

/** Throws `AssayError` `index-mismatch` where the configured embedder is not the one that the index was built with. */
export function requireSameEmbedder(live: LiveIndex, embedder: Embedder): void {
  if (live.embedderIdentity === identityOf(embedder)) return;
  throw new AssayError({
    code: "index-mismatch",
    message: `the index was built with embedder ${live.embedderName}, the configuration names ${embedder.name}: their vectors do not compare`,
    remedy: "run `assay ingest` to re-index with the configured embedder, or set `embedder` back",
  });
}
