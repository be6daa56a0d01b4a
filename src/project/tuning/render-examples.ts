// What `--method raft` and `--method slots` learn from where nobody has rendered it yet: the file that `assay data synthesize` writes.
import { resolve } from "node:path";
import type { Progress } from "../../core/progress.ts";
import type { TuningMethod } from "../../core/training.ts";
import { exampleFiles, readTuningExamplesIfAny } from "../data/data-files.ts";
import { dataSynthesize } from "../data/synthesize.ts";
import type { ProjectContext } from "../wiring/context.ts";

/** Far above what a small project gives: more pairs only help. */
const mostPairs = 5000;

const wishes = { raft: { raft: {} }, slots: { slots: true } } as const;

/** Says what it wrote; undefined where there are examples, or where the configuration names files of its own. */
export async function renderIfMissing(
  context: ProjectContext,
  method: TuningMethod,
  progress: Progress,
): Promise<string | undefined> {
  if (method !== "raft" && method !== "slots") return undefined;
  const [file, ...others] = exampleFiles(context, method);
  if (others.length > 0 || file === undefined || /[*?{[]/.test(file)) return undefined;
  if ((await readTuningExamplesIfAny(context, method)).length > 0) return undefined;
  const out = resolve(context.directory, file);
  const { examples, byMethod } = await dataSynthesize(context, { progress, limit: mostPairs, out, ...wishes[method] });
  const from = Object.entries(byMethod).map(([kind, count]) => `${count} ${kind}`);
  return `${file} was rendered from the documents and examples: ${examples} rows (questions: ${from.join(", ")})`;
}
