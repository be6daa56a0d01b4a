// A throw-away project around a measuring set, driven through the same doors as a user's.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AssayConfig } from "../src/project/config-schema.ts";
import { openContext, type ProjectContext } from "../src/project/context.ts";
import type { DataSet } from "./data-sets.ts";

export type BenchProject = {
  readonly directory: string;
  /** Opens the project under another configuration; the state folder is the same. */
  withConfig<T>(config: AssayConfig, work: (context: ProjectContext) => Promise<T>): Promise<T>;
  remove(): void;
};

export function benchProject(set: DataSet): BenchProject {
  const directory = mkdtempSync(join(tmpdir(), `assay-bench-${set.name}-`));
  mkdirSync(join(directory, "docs"));
  writeFileSync(
    join(directory, "questions.jsonl"),
    set.questions.map((question) => `${JSON.stringify(toLine(question))}\n`).join(""),
  );
  return {
    directory,
    async withConfig(config, work) {
      writeFileSync(join(directory, "assay.config.json"), JSON.stringify({ documents: [set.corpus], ...config }));
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

function toLine({ id, question, answers, answerable, evidence }: DataSet["questions"][number]) {
  const relevant = evidence.map((item) => ("documentId" in item ? item : { source: item.file, page: item.page }));
  return { id, question, references: answers, answerable, relevant };
}
