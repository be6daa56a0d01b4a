// An opened project: its configuration, its state, and the parts that every operation draws on.
import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Chunker } from "../../core/documents.ts";
import { AssayError } from "../../core/errors.ts";
import { recursiveChunker } from "../../text/recursive-chunker.ts";
import { structureChunker } from "../../text/structure-chunker.ts";
import { loadConfig } from "../config/config-file.ts";
import type { ResolvedConfig } from "../config/config-schema.ts";
import { type ControlDatabase, openControlDatabase } from "../state/control-database.ts";
import { type DocumentStore, documentStore } from "../state/document-store.ts";
import { type StageGraph, stageGraph } from "../state/stage-graph.ts";
import { type StateFolder, stateFolderOf } from "../state/state-folder.ts";
import { type ModelWiring, modelWiring } from "./wire-models.ts";

export type ProjectContext = {
  readonly directory: string;
  readonly config: ResolvedConfig;
  /** Absolute path of the config file, where there is one. */
  readonly configFile?: string;
  readonly state: StateFolder;
  readonly database: ControlDatabase;
  readonly documents: DocumentStore;
  readonly stages: StageGraph;
  readonly models: ModelWiring;
  chunker(): Chunker;
  artefactDirectory(key: string): string;
  close(): void;
};

/** Opens the project in `directory`. Throws `AssayError`: `not-found`, `bad-config`, `corrupt-state`. */
export async function openContext(directory: string): Promise<ProjectContext> {
  const root = resolve(directory);
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new AssayError({
      code: "not-found",
      message: `${directory}: no such folder`,
      remedy: "name the project's folder: `--project DIR`",
    });
  }
  const { config, file } = await loadConfig(root);
  return { ...contextOver(root, config), ...(file ? { configFile: file } : {}) };
}

/** The state under `root`, opened with a configuration that is there already. */
export function contextOver(root: string, config: ResolvedConfig): ProjectContext {
  const state = stateFolderOf(root);
  const database = openControlDatabase(state);
  return {
    directory: root,
    config,
    state,
    database,
    documents: documentStore(database),
    stages: stageGraph(database, state),
    models: modelWiring(config, database),
    chunker: () => chunkerFor(config.chunking),
    artefactDirectory: (key) => join(state.artefacts, key),
    close: () => database.close(),
  };
}

function chunkerFor(chunking: ResolvedConfig["chunking"]): Chunker {
  if (chunking.method === "structure") {
    return structureChunker({ maxTokens: chunking.maxTokens, overlapTokens: chunking.overlapTokens });
  }
  const { chunkSize, chunkOverlap, separators, unit } = chunking;
  return recursiveChunker({ chunkSize, chunkOverlap, unit, ...(separators ? { separators } : {}) });
}
