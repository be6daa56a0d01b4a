// `npm run bench -- scale --data DIR`: how long 76,036 passages take to ingest, with how much memory, and how fast they answer.
import { rmSync } from "node:fs";
import type { Progress } from "../src/core/progress.ts";
import { ingest } from "../src/project/knowledge/ingest.ts";
import { search } from "../src/project/knowledge/search.ts";
import { benchProject } from "./bench-project.ts";
import { loadDataSet } from "./data-sets.ts";
import { type BenchOptions, markdownTable, percentile } from "./tables.ts";

export async function benchScale(options: BenchOptions): Promise<string> {
  const set = loadDataSet(options.data, options.sets?.[0] ?? "docs-headings");
  if (!set) return "skipped: data not found";
  const project = benchProject(set);
  const stages: string[] = [];
  try {
    const result = await project.withConfig({}, (context) => ingest(context, { progress: stageTimes(stages) }));
    const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
    const ms = await project.withConfig({}, async (context) => {
      const queries = set.questions.map(({ id, question }) => ({ id, text: question }));
      const times: number[] = [];
      for await (const found of search(context, { queries, topK: 10 })) times.push(found.ms);
      // The first queries open files and warm caches.
      return times.slice(20);
    });
    return [
      markdownTable(
        ["passages", "chunks", "ingest s", "peak RSS MB", "search p50 ms", "search p95 ms", "queries"],
        [
          [
            String(result.documents.added),
            String(result.chunks),
            (result.ms / 1000).toFixed(1),
            String(peakMb),
            percentile(ms, 0.5).toFixed(1),
            percentile(ms, 0.95).toFixed(1),
            String(ms.length),
          ],
        ],
      ),
      stages.join("; "),
    ].join("\n\n");
  } finally {
    rmSync(project.directory, { recursive: true, force: true });
  }
}

function stageTimes(into: string[]): Progress {
  return {
    start(stage) {
      const started = performance.now();
      return {
        advance() {},
        end: () => void into.push(`${stage} ${((performance.now() - started) / 1000).toFixed(1)} s`),
      };
    },
  };
}
