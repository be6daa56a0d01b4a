// assay judge check
import type { Command } from "commander";
import type { JudgeCheckResult } from "../../project/comparison/judge-check.ts";
import {
  type CommonOptions,
  fromWorkingDirectory,
  printJson,
  printLine,
  type Register,
  withCommonOptions,
  withProject,
} from "../common-options.ts";

type Options = CommonOptions & { readonly labels: string; readonly judge?: string };

export const registerJudge: Register = (program: Command) => {
  const judge = program.command("judge").description("the judge that grades claims");
  const check = judge
    .command("check")
    .description("measure a judge against labels that people gave")
    .requiredOption(
      "--labels <file>",
      "JSON lines {id, claim, evidence, supported} or {id, question, first, second, better}",
    )
    .option("--judge <name>", "embedded/lexical, nli/DIR or provider/model; default: evaluation.judge");
  withCommonOptions(check).action(async (options: Options) => {
    const labels = fromWorkingDirectory(options.labels);
    const result = await withProject(options, async (context, progress) => {
      const { judgeCheck } = await import("../../project/comparison/judge-check.ts");
      return judgeCheck(context, { labels, ...(options.judge ? { judge: options.judge } : {}), progress });
    });
    if (options.json) printJson(result);
    else printCheck(result);
  });
};

/** ARES asks for this many before a judge's rates are corrected by them (2023). */
const fewLabels = 50;

type Share = { readonly value: number; readonly low: number; readonly high: number; readonly n: number };

function printCheck({ judge, version, claims, pairs, missing, reasons }: JudgeCheckResult): void {
  printLine(`${judge}, version ${version}`);
  const share = (name: string, { value, low, high, n }: Share) =>
    printLine(`  ${name.padEnd(26)} ${percent(value)}  (${percent(low)}–${percent(high)}, n ${n})`);
  if (claims) {
    share("agrees with people", claims.agreement);
    share("finds what is supported", claims.sensitivity);
    share("finds what is not", claims.specificity);
    const { kappa } = claims;
    const known = kappa && `${kappa.value.toFixed(2)}  (${kappa.low.toFixed(2)}–${kappa.high.toFixed(2)})`;
    printLine(`  ${"kappa".padEnd(26)} ${known ?? "undefined: one side never varies"}`);
  }
  if (pairs) {
    share("prefers what people prefer", pairs.correct);
    share("same verdict in both orders", pairs.consistent);
    share("undecided", pairs.undecided);
  }
  const labels = (claims?.agreement.n ?? 0) + (pairs?.correct.n ?? 0);
  if (labels < fewLabels)
    printLine(`  few labels: read the intervals, not the figures; ${fewLabels} at least, several hundred are better`);
  if (missing > 0) printLine(`  ${missing} without a verdict:`);
  for (const [reason, count] of Object.entries(reasons)) printLine(`    ${count} × ${reason}`);
}

function percent(share: number): string {
  return Number.isNaN(share) ? "    –" : `${(share * 100).toFixed(1).padStart(5)}%`;
}
