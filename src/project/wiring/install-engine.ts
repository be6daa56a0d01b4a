// Which folder an engine is fetched into: the one in which every project looks for it.
import type { Progress } from "../../core/progress.ts";
import { enginesDirectory } from "../../neural/engines-directory.ts";
import { type InstalledEngine, installNativeEngine } from "../../neural/install-engine.ts";

export const installEngine = (progress: Progress): Promise<InstalledEngine> =>
  installNativeEngine(enginesDirectory(), progress);
