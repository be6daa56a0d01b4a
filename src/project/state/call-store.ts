// Replies of remote models under the hash of their full request: a paid call is never made twice.
import type { Json } from "../../core/json.ts";
import type { ControlDatabase } from "./control-database.ts";

export type CallStore = {
  get(key: string): Promise<Json | undefined>;
  set(key: string, reply: Json): Promise<void>;
};

export function callStore(database: ControlDatabase): CallStore {
  return tableStore<Json>(database, "calls");
}

/** A key-value table of the control database. Each `set` is durable when it resolves. */
export function tableStore<T>(
  database: ControlDatabase,
  table: "calls" | "answers" | "verdicts",
): { get(key: string): Promise<T | undefined>; set(key: string, value: T): Promise<void> } {
  const find = database.sqlite.prepare(`SELECT value FROM ${table} WHERE key = ?`);
  const put = database.sqlite.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?)`);
  return {
    async get(key) {
      const row = find.get(key) as { value: string } | undefined;
      return row && (JSON.parse(row.value) as T);
    },
    async set(key, value) {
      database.transaction(() => put.run(key, JSON.stringify(value)));
    },
  };
}
