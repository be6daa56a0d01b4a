// `assay compare --dry-run` as a terminal shows it.
import type { ComparePlan } from "../project/comparison/compare-plan.ts";
import { counted } from "../report/figures.ts";
import { printLine } from "./common-options.ts";

export function printComparePlan(plan: ComparePlan): void {
  const { questions, clusters, detectable, needed, calls, costUsd, costReason, judgeUsd } = plan;
  const points = (share: number) => `${(share * 100).toFixed(1)} points`;
  printLine(`${counted(questions, "question")} in ${counted(clusters, "cluster")}`);
  printLine("Smallest true difference in right answers that would show (80% power, one comparison):");
  for (const { discordance, difference } of detectable) {
    const shown = difference === null ? "none, however large" : points(difference);
    printLine(`  ${shown}, if just one of the two is right on ${Math.round(discordance * 100)}% of the questions`);
  }
  printLine(
    `Needed for ${needed.map(({ difference, questions: n }) => `${points(difference)}: ${n} questions`).join(", ")} (at 20%)`,
  );
  for (const { approach, calls: count, inputTokens, outputTokens } of calls) {
    const tokens = `${inputTokens.toLocaleString("en-US")} tokens in, ${outputTokens.toLocaleString("en-US")} out`;
    printLine(`${approach.padEnd(14)} ${count} calls at most, about ${tokens}`);
  }
  if (calls.length === 0) printLine("No paid call: the generator is embedded, only this machine's time is spent");
  else printLine(costUsd === null ? `Price unknown: ${costReason}` : `About USD ${costUsd.toFixed(2)} at most`);
  if (judgeUsd > 0) printLine(`The judge may spend USD ${judgeUsd} beside it (evaluation.judgeBudgetUsd)`);
}
