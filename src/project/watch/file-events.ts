// Wakes up when something moves under the watched paths. What moved is found out elsewhere: events only say when to look.
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

export type FileEvents = {
  /** Watches what is there of these paths now; those that have gone are let go. */
  follow(paths: readonly string[]): Promise<void>;
  close(): void;
};

/** `onMove` may be called often. A path that cannot be watched (too many, a network disk) is left to the regular look. */
export function fileEvents(directory: string, onMove: () => void): FileEvents {
  const watchers = new Map<string, FSWatcher>();
  const letGo = (path: string) => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  return {
    async follow(paths) {
      const folders = new Set(await Promise.all(paths.map((path) => folderOf(directory, path))));
      for (const known of [...watchers.keys()]) if (!folders.has(known)) letGo(known);
      for (const folder of folders) {
        if (folder === undefined || watchers.has(folder)) continue;
        try {
          const watcher = watch(folder, { recursive: true }, (_, name) => {
            // The project's own state lies under a project that is watched whole.
            if (!String(name).split(/[\\/]/).includes(".assay")) onMove();
          });
          watcher.on("error", () => letGo(folder));
          watchers.set(folder, watcher);
        } catch {
          // Left to the regular look.
        }
      }
    },
    close() {
      for (const folder of [...watchers.keys()]) letGo(folder);
    },
  };
}

/** The folder to watch for a file, a folder or a glob; undefined where none of it is there yet. */
async function folderOf(directory: string, path: string): Promise<string | undefined> {
  const absolute = resolve(directory, path);
  const magic = absolute.search(/[*?[\]{}!]/);
  const named = magic < 0 ? absolute : join(dirname(`${absolute.slice(0, magic)}x`));
  const found = await stat(named).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? named : dirname(named);
}
