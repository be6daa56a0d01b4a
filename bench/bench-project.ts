// A throw-away project around a measuring set, driven through the same doors as a user's.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AssayConfig } from "../src/project/config/config-schema.ts";
import { openContext, type ProjectContext } from "../src/project/wiring/context.ts";
import type { DataSet } from "./data-sets.ts";

export type BenchProject = {
  readonly directory: string;
  /** Opens the project under another configuration; the state folder is the same. */
  withConfig<T>(config: AssayConfig, work: (context: ProjectContext) => Promise<T>): Promise<T>;
  remove(): void;
};

export function benchProject(set: DataSet): BenchProject {
  return projectFolder(set.name, { documents: [set.corpus] }, (directory) => {
    mkdirSync(join(directory, "docs"));
    writeLines(join(directory, "questions.jsonl"), set.questions.map(toLine));
  });
}

/** `fill` puts the project's files into the folder; `base` holds in every configuration. */
export function projectFolder(name: string, base: AssayConfig, fill: (directory: string) => void): BenchProject {
  const directory = mkdtempSync(join(tmpdir(), `assay-bench-${name}-`));
  fill(directory);
  return {
    directory,
    async withConfig(config, work) {
      writeFileSync(join(directory, "assay.config.json"), JSON.stringify({ ...base, ...config }));
      const context = await openContext(directory);
      try {
        return await work(context);
      } finally {
        context.close();
      }
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export function writeLines(path: string, rows: readonly object[]): void {
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

function toLine({ id, question, answers, answerable, evidence }: DataSet["questions"][number]) {
  const relevant = evidence.map((item) => ("documentId" in item ? item : { source: item.file, page: item.page }));
  return { id, question, references: answers, answerable, relevant };
}
