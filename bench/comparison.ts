// `npm run bench -- comparison --data DIR`: the whole main job on real sets, as a user would run it.
import { silentProgress } from "../src/core/progress.ts";
import { compare } from "../src/project/comparison/compare.ts";
import { benchProject } from "./bench-project.ts";
import { loadDataSet, questionAnsweringSets } from "./data-sets.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

const metrics: readonly string[] = [
  "quality",
  "contains",
  "f1",
  "recall@5",
  "ndcg@10",
  "citation-precision",
  "correct-decline",
  "over-decline",
];

export async function benchComparison(options: BenchOptions): Promise<string> {
  const tables: string[] = [];
  for (const name of options.sets ?? questionAnsweringSets) {
    const set = loadDataSet(options.data, name);
    if (!set) continue;
    const project = benchProject(set);
    try {
      const { first, second } = await project.withConfig({}, async (context) => {
        const started = performance.now();
        const result = await compare(context, { progress: silentProgress });
        const middle = performance.now();
        await compare(context, { progress: silentProgress });
        return { first: { result, ms: middle - started }, second: { ms: performance.now() - middle } };
      });
      const { recommendation, approaches } = first.result;
      const rows = approaches.flatMap((approach) =>
        approach.status === "scored" ? [rowOf(approach.name, approach.scores, approach.latencyMs)] : [],
      );
      tables.push(
        `### ${name}: ${set.questions.length} questions, recommended: ${recommendation.approach ?? "none"}; ${seconds(first.ms)} s, again unchanged ${seconds(second.ms)} s`,
        markdownTable(["approach", ...metrics, "p50 ms", "p95 ms"], rows),
      );
    } finally {
      project.remove();
    }
  }
  return tables.join("\n\n");
}

function rowOf(
  name: string,
  scores: Readonly<Record<string, { mean: number; n: number }>>,
  latency: { p50: number; p95: number },
): string[] {
  const cells = metrics.map((metric) => {
    const summary = scores[metric];
    return summary && summary.n > 0 ? (summary.mean * 100).toFixed(1) : "–";
  });
  return [name, ...cells, latency.p50.toFixed(1), latency.p95.toFixed(1)];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
