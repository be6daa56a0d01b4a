// The `.assay` folder: where each kind of state lies, and who may write. All of it is derived and can be rebuilt.
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AssayError } from "../../core/errors.ts";

export type StateFolder = {
  readonly directory: string;
  /** SQLite: documents, answers, model calls, stage records. */
  readonly controlDatabase: string;
  /** Generations of the index; the control database names the live one. */
  readonly index: string;
  /** `artefacts/<hash>/`: outputs of stages that are files. */
  readonly artefacts: string;
  /** `runs/<id>/`: reports. */
  readonly runs: string;
  /** `tunings/<id>/`: training runs and the models they made. */
  readonly tunings: string;
};

export function stateFolderOf(projectDirectory: string): StateFolder {
  const directory = join(projectDirectory, ".assay");
  return {
    directory,
    controlDatabase: join(directory, "control.db"),
    index: join(directory, "index"),
    artefacts: join(directory, "artefacts"),
    runs: join(directory, "runs"),
    tunings: join(directory, "tunings"),
  };
}

/** Makes the folder where it is missing. Throws `AssayError` where the disk refuses. */
export function ensureStateFolder(state: StateFolder): void {
  try {
    for (const path of [state.directory, state.index, state.artefacts, state.runs])
      mkdirSync(path, { recursive: true });
    writeFileSync(join(state.directory, ".gitignore"), "*\n");
  } catch (cause) {
    throw diskError(cause, state.directory);
  }
}

/**
 * Takes the write lock for as long as `work` runs. A lock whose process is gone is taken over, so a killed command
 * blocks nobody. Throws `AssayError` `state-in-use` while another live process holds it.
 */
export async function withWriteLock<T>(state: StateFolder, work: () => Promise<T>): Promise<T> {
  ensureStateFolder(state);
  const path = join(state.directory, "lock");
  return withLock(path, "writing to this project", work);
}

/** Locks that this process holds: a file with its own number is otherwise one left by a killed process of that number. */
const heldHere = new Set<string>();

/** Holds the lock file `path` in the same way. `busy` says what its holder does. */
export async function withLock<T>(path: string, busy: string, work: () => Promise<T>): Promise<T> {
  if (heldHere.has(path)) throw inUse(path, process.pid, busy);
  takeLock(path, busy);
  heldHere.add(path);
  try {
    return await work();
  } finally {
    heldHere.delete(path);
    rmSync(path, { force: true });
  }
}

function takeLock(path: string, busy: string, attempt = 0): void {
  // Written beside and then linked: the lock never exists without the number of its holder in it.
  const mine = `${path}.${process.pid}`;
  try {
    writeFileSync(mine, String(process.pid));
    linkSync(mine, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw diskError(cause, path);
    const holder = lockHolder(path);
    if (holder !== undefined || attempt > 2) throw inUse(path, holder, busy);
    rmSync(path, { force: true });
    takeLock(path, busy, attempt + 1);
  } finally {
    rmSync(mine, { force: true });
  }
}

function inUse(path: string, holder: number | undefined, busy: string): AssayError {
  return new AssayError({
    code: "state-in-use",
    message: `${path}: another command (process ${holder ?? "unknown"}) is ${busy}`,
    remedy: "wait for it to finish, then run the command again",
    isRetryable: true,
  });
}

/** The live process, other than this one, that holds the lock, if any. */
export function lockHolder(path: string): number | undefined {
  try {
    const holder = Number(readFileSync(path, "utf8"));
    if (!Number.isInteger(holder) || holder <= 0 || holder === process.pid) return undefined;
    process.kill(holder, 0);
    return holder;
  } catch (cause) {
    // EPERM: the process lives but belongs to someone else.
    return (cause as NodeJS.ErrnoException).code === "EPERM" ? -1 : undefined;
  }
}

/** SQLite's shared memory takes 32 KiB, and a page or two more to write anything. */
const leastFreeBytes = 65_536;

/** Of the disk that holds `path` or, where that is gone, its folder; infinite where nobody can say. */
function freeBytesAt(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(existsSync(path) ? path : dirname(path));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Turns a refusal of the file system into a sentence. */
export function diskError(cause: unknown, path: string, freeBytes: (path: string) => number = freeBytesAt): AssayError {
  if (AssayError.isInstance(cause)) return cause;
  const code = (cause as NodeJS.ErrnoException).code;
  const text = cause instanceof Error ? cause.message : String(cause);
  // SQLite calls it an I/O error where there is no room for its shared memory.
  const isFull =
    /disk is full|no space left/i.test(text) || (/disk I\/O/i.test(text) && freeBytes(path) < leastFreeBytes);
  if (code === "ENOSPC" || isFull) {
    return new AssayError({
      code: "disk-full",
      message: `${path}: the disk is full; what was stored before is intact`,
      remedy: "free some space, then run the same command again",
      isRetryable: true,
      cause,
    });
  }
  if (/database is locked/i.test(text)) {
    return new AssayError({
      code: "state-in-use",
      message: `${path}: another process has been writing to it for longer than is waited for`,
      remedy: "run the same command again",
      isRetryable: true,
      cause,
    });
  }
  return new AssayError({
    code: code === "EACCES" || code === "EROFS" || code === "EPERM" ? "bad-input" : "corrupt-state",
    message: `${path}: ${text.split("\n")[0]}`,
    remedy:
      code === "EACCES" || code === "EROFS"
        ? "make the folder writable"
        : "`assay doctor --fix` checks and rebuilds the state folder",
    cause,
  });
}
