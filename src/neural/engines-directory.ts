// Where engines live that are fetched on demand: one folder per user, shared by all projects.
import { homedir } from "node:os";
import { join } from "node:path";

/** `ASSAY_ENGINES` if set, else `assay/engines` where the system keeps a user's data. */
export function enginesDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment["ASSAY_ENGINES"];
  if (named) return named;
  return join(dataHome(environment), "assay", "engines");
}

function dataHome(environment: NodeJS.ProcessEnv): string {
  if (environment["XDG_DATA_HOME"]) return environment["XDG_DATA_HOME"];
  if (process.platform === "win32") return environment["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local");
  if (process.platform === "darwin") return join(homedir(), "Library", "Application Support");
  return join(homedir(), ".local", "share");
}
