// One LanceDB table on disk: opened or created, and seen through snapshots. Knows nothing of what the rows mean.
import { readdirSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type * as lancedb from "@lancedb/lancedb";
import type * as arrow from "apache-arrow";
import { damagedIndex } from "./lance-errors.ts";
import { type LanceManifest, readManifest, requireSameParts, writeManifest } from "./lance-manifest.ts";
import { tableSchema } from "./lance-rows.ts";

const tableName = "chunks";

export type LanceTable = {
  /** For writing: follows every commit of every process. */
  readonly head: lancedb.Table;
  /** Names the newest version. Takes microseconds. */
  state(): string;
  /**
   * The newest version, held still: whatever is committed meanwhile, reads through it see one state. Call once per search.
   */
  snapshot(): Promise<lancedb.Table>;
  close(): void;
};

export async function openLanceTable(
  libraries: { readonly lancedb: typeof lancedb; readonly arrow: typeof arrow },
  directory: string,
  wanted: LanceManifest,
): Promise<LanceTable> {
  await mkdir(directory, { recursive: true });
  const stored = await readManifest(directory);
  if (stored) requireSameParts(stored, wanted, directory);
  const following = await libraries.lancedb.connect(directory, { readConsistencyInterval: 0 });
  if (!stored) {
    await createTable(following, tableSchema(libraries.arrow, wanted.dimensions), directory);
    await writeManifest(directory, wanted);
  } else if (!(await readdir(directory)).includes(`${tableName}.lance`)) {
    throw damagedIndex(directory, "its table is missing");
  }
  const resting = await libraries.lancedb.connect(directory);
  return snapshots(await following.openTable(tableName), resting, following, directory);
}

/** The manifest is written last, so a table without one was never finished: it may be replaced as long as it is empty. */
async function createTable(connection: lancedb.Connection, schema: arrow.Schema, directory: string): Promise<void> {
  if ((await connection.tableNames()).includes(tableName)) {
    if ((await (await connection.openTable(tableName)).countRows()) > 0) {
      throw damagedIndex(directory, "its manifest is missing");
    }
    await connection.dropTable(tableName);
  }
  await connection.createEmptyTable(tableName, schema);
}

function snapshots(
  head: lancedb.Table,
  resting: lancedb.Connection,
  following: lancedb.Connection,
  directory: string,
): LanceTable {
  const versions = join(directory, `${tableName}.lance`, "_versions");
  // Every commit leaves a manifest of its own. Asking the engine instead wakes its threads, which costs a busy machine a millisecond.
  const state = () => readdirSync(versions).filter(isManifest).join();
  let held: { readonly state: string; readonly table: lancedb.Table } | undefined;
  return {
    head,
    state,
    async snapshot() {
      // Read first: what is opened after it is that state or a newer one, never an older.
      const newest = state();
      if (held?.state === newest) return held.table;
      // Searches under way keep the older handle: it is dropped, not moved.
      held = { state: newest, table: await resting.openTable(tableName) };
      return held.table;
    },
    close() {
      // What a handle has cached outlives it until it is collected, unless it is closed.
      for (const part of [head, held?.table, resting, following]) part?.close();
    },
  };
}

function isManifest(name: string): boolean {
  return name.endsWith(".manifest");
}
