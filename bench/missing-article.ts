// Part of `reading`: does the reader notice that the corpus holds nothing on a subject? Every third article is taken out, whole.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { silentProgress } from "../src/core/progress.ts";
import { ask } from "../src/project/ask.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { projectFolder, writeLines } from "./bench-project.ts";
import type { BenchQuestion, DataSet } from "./data-sets.ts";
import { mean } from "./independent-metrics.ts";
import { markdownTable } from "./tables.ts";

type Asked = { readonly isGone: boolean; readonly declined: boolean; readonly confidence: number };

/** For a corpus of rows named `article#paragraph`. Answerable questions only: those of the articles taken out have no answer now. */
export async function missingArticles(set: DataSet): Promise<string> {
  const rows = readRows(set.corpus);
  const articles = [...new Set(rows.map(({ id }) => articleOf(id)))].sort();
  const gone = new Set(articles.filter((_, place) => place % 3 === 0));
  const project = projectFolder(`${set.name}-part`, { documents: ["corpus.jsonl"] }, (directory) =>
    writeLines(
      join(directory, "corpus.jsonl"),
      rows.filter(({ id }) => !gone.has(articleOf(id))),
    ),
  );
  try {
    const asked = await project.withConfig({}, async (context) => {
      await ingest(context, { progress: silentProgress });
      const questions = set.questions.filter(({ answerable }) => answerable);
      const isGone = new Map(questions.map((question) => [question.id, gone.has(articleOfGold(question))]));
      const plain = questions.map(({ id, question }) => ({ id, text: question }));
      const results: Asked[] = [];
      for await (const { id, outcome, confidence = 0 } of ask(context, {
        questions: plain,
        approach: "rag",
        progress: silentProgress,
      })) {
        results.push({ isGone: isGone.get(id)!, declined: outcome === "declined", confidence });
      }
      return results;
    });
    return tableOf(asked, gone.size, articles.length);
  } finally {
    project.remove();
  }
}

function readRows(path: string): readonly { readonly id: string }[] {
  const text = path.endsWith(".gz") ? gunzipSync(readFileSync(path)).toString("utf8") : readFileSync(path, "utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function articleOf(id: string): string {
  return id.slice(0, id.lastIndexOf("#"));
}

function articleOfGold({ evidence: [first] }: BenchQuestion): string {
  return first && "documentId" in first ? articleOf(first.documentId) : "";
}

function tableOf(asked: readonly Asked[], gone: number, articles: number): string {
  const [missing, there] = [asked.filter(({ isGone }) => isGone), asked.filter(({ isGone }) => !isGone)];
  const declined = (of: readonly Asked[]) => (mean(of.map((one) => Number(one.declined))) * 100).toFixed(1);
  return markdownTable(
    ["figure", "n", "value"],
    [
      [`article removed (${gone} of ${articles}): declined`, String(missing.length), `${declined(missing)}%`],
      ["article there: declined", String(there.length), `${declined(there)}%`],
      ["confidence tells the two apart (AUC)", String(asked.length), auc(there, missing).toFixed(3)],
    ],
  );
}

/** Chance that one of `above` is surer than one of `below`; ties count half. */
function auc(above: readonly Asked[], below: readonly Asked[]): number {
  return mean(
    above.map(({ confidence }) =>
      mean(below.map((other) => Number(confidence > other.confidence) + Number(confidence === other.confidence) / 2)),
    ),
  );
}
