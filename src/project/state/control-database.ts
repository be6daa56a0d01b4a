// The control plane on node:sqlite: one file, its schema and its transactions. What is in the tables is the stores' business.
import { DatabaseSync } from "node:sqlite";
import { AssayError } from "../../core/errors.ts";
import { diskError, ensureStateFolder, type StateFolder } from "./state-folder.ts";

/** Raised with every change of the schema below. A file of an older version gets the tables that it lacks, one of a newer is refused. */
const schemaVersion = 1;

/** How long one process waits while another writes. */
const waitMs = 10_000;

const schema = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS roots (path TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS files (source TEXT PRIMARY KEY, parseKey TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, revision TEXT NOT NULL, title TEXT NOT NULL, format TEXT NOT NULL,
    text TEXT NOT NULL, details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS documentsBySource ON documents (source);
  CREATE TABLE IF NOT EXISTS stages (key TEXT PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS calls (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS verdicts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS drafts (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`;

export type ControlDatabase = {
  readonly sqlite: DatabaseSync;
  /** Runs `work` in one transaction: all of it happens or none. */
  transaction<T>(work: () => T): T;
  close(): void;
};

/** Opens or makes the database. Throws `AssayError`: `corrupt-state` for a damaged or newer file, `disk-full`. */
export function openControlDatabase(state: StateFolder): ControlDatabase {
  ensureStateFolder(state);
  const path = state.controlDatabase;
  const sqlite = openOrExplain(path);
  return {
    sqlite,
    transaction<T>(work: () => T): T {
      sqlite.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        sqlite.exec("COMMIT");
        return result;
      } catch (cause) {
        // SQLite has rolled back by itself where the disk was full.
        if (sqlite.isTransaction) sqlite.exec("ROLLBACK");
        throw AssayError.isInstance(cause) ? cause : diskError(cause, path);
      }
    },
    close: () => sqlite.close(),
  };
}

function openOrExplain(path: string): DatabaseSync {
  let sqlite: DatabaseSync | undefined;
  try {
    sqlite = new DatabaseSync(path, { timeout: waitMs });
    sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
    const found = (sqlite.prepare("PRAGMA user_version").get() as { user_version: number }).user_version;
    if (found > schemaVersion) throw newerState(path);
    // Opening what is complete writes nothing. A transaction that reads first and writes later is refused at once, without any
    // wait, where another process wrote meanwhile: a server that writes its traces would make an `assay ingest` fail now and then.
    sqlite.exec(schema);
    if (found < schemaVersion) sqlite.exec(`PRAGMA user_version = ${schemaVersion}`);
    return sqlite;
  } catch (cause) {
    sqlite?.close();
    if (AssayError.isInstance(cause)) throw cause;
    if (/malformed|not a database|corrupt/i.test(String(cause))) throw corruptState(path, cause);
    throw diskError(cause, path);
  }
}

function corruptState(path: string, cause: unknown): AssayError {
  return new AssayError({
    code: "corrupt-state",
    message: `${path}: the state file is damaged; your documents and questions are not touched`,
    remedy: "run `assay doctor --fix`, which sets it aside and rebuilds it from the documents",
    cause,
  });
}

function newerState(path: string): AssayError {
  return new AssayError({
    code: "corrupt-state",
    message: `${path}: was written by a newer version of Assay`,
    remedy: "install that version, or delete the .assay folder and run `assay ingest`",
  });
}
