// Keeps the served edition in step with the project: a new index or new documents are opened beside the old and swapped in.
// No request is dropped: whoever entered an edition finishes in it.
import { hashOf } from "../../core/hash.ts";
import { type LiveIndex, readLiveIndex } from "../knowledge/index-generations.ts";
import type { ProjectContext } from "../wiring/context.ts";
import { type Edition, openEdition } from "./edition.ts";

export type Editions = {
  /** The edition to answer from; waits only where the old one's index is gone. Call `leave` on it when done. */
  enter(): Promise<Edition>;
  /** True where a newer one has been swapped in meanwhile. */
  isStale(edition: Edition): boolean;
  /** Why the newest state could not be opened, while an older one is still being served. */
  readonly problem: string | undefined;
  close(): void;
};

/** Opens the first edition. Throws `AssayError` as `openEdition`. */
export async function openEditions(context: ProjectContext): Promise<Editions> {
  const dataVersion = context.database.sqlite.prepare("PRAGMA data_version");
  // Another connection's commit changes this number: reading it costs microseconds, so every request does.
  const versionNow = () => (dataVersion.get() as { data_version: number }).data_version;
  let seenVersion = versionNow();
  /** False from the moment a newer state is seen until an edition of it is served. */
  let inStep = true;
  let current = await openEdition(context);
  let opening: Promise<void> | undefined;
  let problem: string | undefined;

  const swap = async () => {
    try {
      const next = await openEdition(context);
      const before = current;
      current = next;
      problem = undefined;
      before.retire();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      opening = undefined;
    }
  };
  const refresh = async () => {
    const version = versionNow();
    if (version === seenVersion && inStep) return;
    const live = readLiveIndex(context.database);
    seenVersion = version;
    inStep = live === undefined || (sameIndex(live, current.knowledge.live) && current.isComplete());
    if (live === undefined || inStep) return;
    opening ??= swap();
    // Another generation means that the old index's files are being removed; else the old edition serves on meanwhile.
    if (live.generation !== current.knowledge.live.generation) await opening;
    else opening.catch(() => {});
  };
  return {
    async enter() {
      await refresh();
      current.enter();
      return current;
    },
    isStale: (edition) =>
      edition !== current || readLiveIndex(context.database)?.generation !== edition.knowledge.live.generation,
    get problem() {
      return problem;
    },
    close: () => current.retire(),
  };
}

function sameIndex(a: LiveIndex, b: LiveIndex): boolean {
  return hashOf({ ...a }) === hashOf({ ...b });
}
