// A copy of the project's state to try things in: what happens there never reaches the index that people search.
import { constants, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { contextOver, type ProjectContext } from "../wiring/context.ts";
import { stateFolderOf } from "./state-folder.ts";

const prefix = "scratch-";

/**
 * Runs `work` in a context of its own, whose directory is empty but for the state, and removes it whatever happens. The
 * index is copied; artefacts are immutable and linked. Models and their call cache are the project's own, so that a paid
 * call is kept.
 */
export async function inScratchState<T>(
  context: ProjectContext,
  work: (scratch: ProjectContext) => Promise<T>,
): Promise<T> {
  removeLeftovers(context.state.directory);
  const directory = join(context.state.directory, `${prefix}${process.pid}`);
  const state = stateFolderOf(directory);
  try {
    mkdirSync(state.artefacts, { recursive: true });
    context.database.sqlite.prepare("VACUUM INTO ?").run(state.controlDatabase);
    cpSync(context.state.index, state.index, { recursive: true, mode: constants.COPYFILE_FICLONE });
    for (const name of readdirSync(context.state.artefacts)) {
      symlinkSync(join(context.state.artefacts, name), join(state.artefacts, name));
    }
    const scratch = contextOver(directory, context.config);
    try {
      return await work({ ...scratch, models: context.models });
    } finally {
      scratch.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What a killed run left behind. A process that still lives keeps its own. */
function removeLeftovers(stateDirectory: string): void {
  for (const name of readdirSync(stateDirectory)) {
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))) {
      rmSync(join(stateDirectory, name), { recursive: true, force: true });
    }
  }
}

function isAlive(process_: number): boolean {
  try {
    return process_ !== process.pid && process.kill(process_, 0);
  } catch {
    return false;
  }
}
