// The stage graph: an output is stored under the hash of everything it was made from, so nothing is made twice.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Component, identityOf } from "../../core/component.ts";
import { hashOf } from "../../core/hash.ts";
import type { ControlDatabase } from "./control-database.ts";
import { diskError, type StateFolder } from "./state-folder.ts";

/** A stage is its component and the hashes of what flows in, by role. */
export type Stage = { readonly component: Component; readonly inputs: Readonly<Record<string, string>> };

export type StageResult<T> = { readonly value: T; readonly key: string; readonly reused: boolean };

export type StageGraph = {
  /**
   * Gives the stored JSON of `stage`, or computes and stores it. A failing `compute` leaves nothing behind, and neither does
   * a value that `keepIf` refuses.
   */
  json<T>(
    stage: Stage,
    compute: () => Promise<T>,
    options?: { readonly keepIf?: (value: T) => boolean },
  ): Promise<StageResult<T>>;
  /**
   * The same for outputs that are files: `compute` fills a scratch folder, which then becomes `artefacts/<key>` in one
   * rename. The JSON that it returns is kept beside the folder.
   */
  folder<T>(
    stage: Stage,
    compute: (directory: string) => Promise<T>,
  ): Promise<StageResult<T> & { readonly directory: string }>;
};

/** The content address of a stage's output. */
export function stageKey(stage: Stage): string {
  return hashOf({ component: identityOf(stage.component), inputs: stage.inputs });
}

export function stageGraph(database: ControlDatabase, state: StateFolder): StageGraph {
  const find = database.sqlite.prepare("SELECT value FROM stages WHERE key = ?");
  const store = database.sqlite.prepare("INSERT OR REPLACE INTO stages VALUES (?, ?, ?)");
  const stored = <T>(key: string): T | undefined => {
    const row = find.get(key) as { value: string } | undefined;
    return row && (JSON.parse(row.value) as T);
  };
  /** Returns what the next reader will get: the value as its JSON says it. */
  const keep = <T>(key: string, stage: Stage, value: T): T => {
    const text = JSON.stringify(value);
    database.transaction(() => store.run(key, stage.component.name, text));
    return JSON.parse(text);
  };
  return {
    async json(stage, compute, { keepIf = () => true } = {}) {
      const key = stageKey(stage);
      const found = stored<Awaited<ReturnType<typeof compute>>>(key);
      if (found !== undefined) return { value: found, key, reused: true };
      const value = await compute();
      return { value: keepIf(value) ? keep(key, stage, value) : value, key, reused: false };
    },
    async folder(stage, compute) {
      const key = stageKey(stage);
      const directory = join(state.artefacts, key);
      const found = stored<Awaited<ReturnType<typeof compute>>>(key);
      if (found !== undefined && existsSync(directory)) return { value: found, key, reused: true, directory };
      const value = keep(key, stage, await fillFolder(directory, compute));
      return { value, key, reused: false, directory };
    },
  };
}

async function fillFolder<T>(directory: string, compute: (directory: string) => Promise<T>): Promise<T> {
  const scratch = `${directory}.making-${process.pid}`;
  try {
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true });
    const value = await compute(scratch);
    rmSync(directory, { recursive: true, force: true });
    renameSync(scratch, directory);
    return value;
  } catch (cause) {
    rmSync(scratch, { recursive: true, force: true });
    throw isFileSystemError(cause) ? diskError(cause, directory) : cause;
  }
}

function isFileSystemError(cause: unknown): boolean {
  return typeof (cause as NodeJS.ErrnoException | undefined)?.code === "string" && "errno" in (cause as object);
}
