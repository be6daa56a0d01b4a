// The whole way on real data with the embedded models: prior, comparison, decision, and whether other questions agree with it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Comparison, ScoredApproach } from "../src/core/comparison.ts";
import { contentHash } from "../src/core/hash.ts";
import { silentProgress } from "../src/core/progress.ts";
import { compare } from "../src/project/comparison/compare.ts";
import { decide } from "../src/project/decision/decide.ts";
import { readLastComparison } from "../src/project/state/last-comparison.ts";
import { writeLines } from "./bench-project.ts";
import { behaviourProject, exampleProject, questionAnsweringProject, type RealProject } from "./real-projects.ts";
import { type BenchOptions, markdownTable } from "./tables.ts";

const evaluation = { resamples: 2_000 };

export async function decisionsOnRealData({ data }: BenchOptions): Promise<string> {
  const projects = [
    exampleProject(),
    questionAnsweringProject(data, "northwind-handbook"),
    questionAnsweringProject(data, "squad2-dev"),
    behaviourProject(data),
  ];
  const rows: string[][] = [];
  for (const real of projects) {
    if (real === undefined) continue;
    try {
      rows.push([real.name, ...(await decideFor(real))]);
    } finally {
      real.project.remove();
    }
  }
  const head = [
    "set",
    "questions",
    "recommended (quality)",
    "not told apart from it",
    "by kind",
    "router",
    "prior",
    "the comparison says",
    "chosen on one half: given away on the other",
    "s",
  ];
  return `### Real data, embedded models\n\n${markdownTable(head, rows)}`;
}

async function decideFor({ project, questions, situation }: RealProject): Promise<string[]> {
  const started = performance.now();
  const whole = await project.withConfig({ questions: [...questions], evaluation }, async (context) => {
    const comparison = await compare(context, { progress: silentProgress });
    const decision = await decide(context, { situation, thresholds: {} });
    return { comparison, decision, report: (await readLastComparison(context))!.report };
  });
  const ms = performance.now() - started;
  const halves = await compareHalves({ project, questions });
  const { comparison, decision, report } = whole;
  const { approach, notToldApart = [] } = comparison.recommendation;
  const kinds = (report.adviceByKind ?? []).map(
    (one) => `${one.kind}: ${one.approach ?? "none"}${one.notToldApart.length > 0 ? " (not decided)" : ""}`,
  );
  return [
    String(report.questions.count),
    approach === null ? "none" : `${approach} (${points(qualityOf(comparison, approach))})`,
    notToldApart.join(", ") || "nothing",
    kinds.join("; ") || "no kinds",
    routerCell(report.routing),
    decision.approach ?? "none",
    decision.lastComparison.verdict,
    halves.map((lost) => (lost === null ? "no choice" : points(lost))).join(" and "),
    (ms / 1000).toFixed(0),
  ];
}

function routerCell(routing: { gain: number; low: number; high: number; p: number } | null | undefined): string {
  if (!routing) return "–";
  return `${points(routing.gain)} (${points(routing.low)} to ${points(routing.high)}), p ${routing.p.toFixed(3)}`;
}

/** Quality that the choice of one half gives away on the other, both ways; null where a half recommends nothing. */
async function compareHalves({
  project,
  questions,
}: Pick<RealProject, "project" | "questions">): Promise<readonly (number | null)[]> {
  const rows = questions.flatMap((file) =>
    readFileSync(join(project.directory, file), "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
  const found: Comparison[] = [];
  for (const half of [0, 1]) {
    const name = `half-${half}.jsonl`;
    writeLines(
      join(project.directory, name),
      rows.filter((row) => halfOf(row) === half),
    );
    found.push(
      await project.withConfig({ questions: name, evaluation }, (context) =>
        compare(context, { progress: silentProgress }),
      ),
    );
  }
  return [lostOn(found[1]!, found[0]!.recommendation.approach), lostOn(found[0]!, found[1]!.recommendation.approach)];
}

/** Clusters stay together, as in the product's own resampling. */
function halfOf(row: { id: string; group?: string; relevant?: { documentId?: string; source?: string }[] }): number {
  const [first] = row.relevant ?? [];
  return Number.parseInt(contentHash(row.group ?? first?.documentId ?? first?.source ?? row.id).slice(0, 2), 16) % 2;
}

function lostOn(other: Comparison, chosen: string | null): number | null {
  if (chosen === null) return null;
  const candidates = other.approaches.filter((one): one is ScoredApproach => one.status === "scored" && !one.yardstick);
  return Math.max(...candidates.map(({ name }) => qualityOf(other, name))) - qualityOf(other, chosen);
}

function qualityOf({ approaches }: Comparison, name: string): number {
  const row = approaches.find((one) => one.name === name);
  return row?.status === "scored" ? (row.scores["quality"]?.mean ?? Number.NaN) : Number.NaN;
}

function points(value: number): string {
  return (value * 100).toFixed(1);
}
