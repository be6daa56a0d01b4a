import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AssayError } from "../../core/errors.ts";
import { openControlDatabase } from "./control-database.ts";
import { diskError, ensureStateFolder, stateFolderOf, withWriteLock } from "./state-folder.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-state-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return "none";
  } catch (error) {
    return AssayError.isInstance(error) ? error.code : `not an AssayError: ${error}`;
  }
};

describe("the write lock", () => {
  const state = () => stateFolderOf(root);

  test("is held while work runs and gone afterwards, also when work fails", async () => {
    const lock = join(state().directory, "lock");
    await withWriteLock(state(), async () => expect(existsSync(lock)).toBe(true));
    expect(existsSync(lock)).toBe(false);
    await expect(withWriteLock(state(), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(existsSync(lock)).toBe(false);
  });

  test("of a live process refuses a second writer", async () => {
    ensureStateFolder(state());
    writeFileSync(join(state().directory, "lock"), String(process.ppid));
    expect(await codeOf(() => withWriteLock(state(), async () => 1))).toBe("state-in-use");
  });

  test("refuses a second writer inside the same process, and leaves the first its lock", async () => {
    const lock = join(state().directory, "lock");
    await withWriteLock(state(), async () => {
      expect(await codeOf(() => withWriteLock(state(), async () => 1))).toBe("state-in-use");
      expect(existsSync(lock)).toBe(true);
    });
  });

  test("of a killed process is taken over", async () => {
    ensureStateFolder(state());
    const dead = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(state().directory, "lock"), String(dead));
    expect(await withWriteLock(state(), async () => "done")).toBe("done");
  });
});

describe("the control database", () => {
  test("rolls a failed transaction back whole", () => {
    const database = openControlDatabase(stateFolderOf(root));
    const insert = database.sqlite.prepare("INSERT INTO meta VALUES (?, ?)");
    expect(() =>
      database.transaction(() => {
        insert.run("a", "1");
        insert.run("a", "2");
      }),
    ).toThrow();
    expect(database.sqlite.prepare("SELECT count(*) AS n FROM meta").get()).toEqual({ n: 0 });
    database.close();
  });

  test("opens while another process writes: what is complete needs no writing", () => {
    const writer = openControlDatabase(stateFolderOf(root));
    writer.sqlite.exec("BEGIN IMMEDIATE");
    const startedAt = performance.now();
    openControlDatabase(stateFolderOf(root)).close();
    expect(performance.now() - startedAt).toBeLessThan(2000);
    writer.sqlite.exec("COMMIT");
    writer.close();
  });

  test("opens whatever others commit in the same moment", async () => {
    openControlDatabase(stateFolderOf(root)).close();
    const writing = `
      const { DatabaseSync } = require("node:sqlite");
      const sqlite = new DatabaseSync(process.argv[1], { timeout: 10_000 });
      process.stdout.write("writing");
      for (let at = 0; ; at += 1) sqlite.exec(\`INSERT OR REPLACE INTO meta VALUES ('at', '\${at}')\`);
    `;
    const writer = spawn(process.execPath, ["-e", writing, stateFolderOf(root).controlDatabase]);
    await once(writer.stdout, "data");
    try {
      for (let time = 0; time < 200; time += 1) openControlDatabase(stateFolderOf(root)).close();
    } finally {
      writer.kill("SIGKILL");
      await once(writer, "exit");
    }
  });

  test("a damaged file is one clear error that names the command", async () => {
    const state = stateFolderOf(root);
    ensureStateFolder(state);
    writeFileSync(state.controlDatabase, "this is no database, and long enough to be looked at as one".repeat(50));
    expect(await codeOf(() => openControlDatabase(state))).toBe("corrupt-state");
  });

  test("a file of a newer version is refused, not guessed at", async () => {
    const state = stateFolderOf(root);
    const database = openControlDatabase(state);
    database.sqlite.exec("PRAGMA user_version = 999");
    database.close();
    expect(await codeOf(() => openControlDatabase(state))).toBe("corrupt-state");
  });
});

test("a database that others kept busy is in use, not damaged", () => {
  expect(diskError(new Error("database is locked"), root)).toMatchObject({ code: "state-in-use", isRetryable: true });
});

test("a full disk is told apart from a damaged state", () => {
  expect(diskError(Object.assign(new Error("write"), { code: "ENOSPC" }), "x").code).toBe("disk-full");
  expect(diskError(new Error("database or disk is full"), "x").code).toBe("disk-full");
  expect(diskError(new Error("strange"), "x").code).toBe("corrupt-state");
  expect(diskError(new Error("disk I/O error"), "x", () => 8_192).code).toBe("disk-full");
  expect(diskError(new Error("disk I/O error"), "x", () => 1e9).code).toBe("corrupt-state");
});
