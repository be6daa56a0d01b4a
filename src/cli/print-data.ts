// How results of `assay data` read on a terminal.
import pc from "picocolors";
import type { DataCheckResult } from "../project/data/check.ts";
import type { DataDistilResult } from "../project/data/distil.ts";
import type { DataExportResult } from "../project/data/export.ts";
import type { DataMaskResult } from "../project/data/mask.ts";
import type { DataSplitResult } from "../project/data/split.ts";
import type { DataSynthesizeResult } from "../project/data/synthesize.ts";
import { printLine } from "./common-options.ts";

type LineProblem = { readonly line: number; readonly message: string };

const mostShown = 8;

export function printCheck(check: DataCheckResult): void {
  const { tokens, duplicates, diversity, verdict } = check;
  printLine(pc.bold(`${check.file}`) + pc.dim(`  ${check.examples} examples, ${check.shape ?? "no shape"}`));
  row(
    "tokens",
    `${number(tokens.total)} in all, median ${tokens.median}, longest ${tokens.longest}, ${number(tokens.answers)} in answers`,
  );
  row(
    "repeats",
    `${duplicates.exact.length} word for word, ${duplicates.near.length} nearly, ${duplicates.contradictions.length} with another answer`,
  );
  row(
    "held out",
    check.leaks === null
      ? "no questions file to look in"
      : `${check.leaks.length} held-out questions stand in the examples`,
  );
  row(
    "answers",
    `${diversity.distinctAnswers} distinct, the most frequent ${percent(diversity.mostFrequentShare)}, distinct-1 ${diversity.distinct1}, distinct-2 ${diversity.distinct2}`,
  );
  for (const { field, counts } of check.labels.slice(0, mostShown)) {
    const [most] = counts;
    const least = counts.at(-1);
    row(`"${field}"`, `${counts.length} labels, ${most?.count} × ${most?.label} … ${least?.count} × ${least?.label}`);
  }
  for (const { kind, count, distinct, lines, samples } of check.sensitive) {
    row(kind, `${count} times, ${distinct} distinct, first on line ${lines[0]} (${samples.join(", ")})`);
  }
  printProblems(check.problems);
  for (const { questionId, line, kind } of (check.leaks ?? []).slice(0, mostShown)) {
    printLine(`${pc.yellow("leak")} line ${line}: held-out question ${questionId} (${kind})`);
  }
  printLine();
  printLine((verdict.isReady ? pc.green : pc.red)(verdict.summary));
  for (const reason of verdict.mustFix) printLine(`  ${pc.red("fix")} ${reason}`);
  for (const reason of verdict.consider) printLine(`  ${pc.yellow("consider")} ${reason}`);
  printLine(`Next: ${verdict.next}`);
}

export function printMask({ masked, examples, counts, changedLines, leftOut }: DataMaskResult): void {
  printLine(`${masked}: ${examples} examples, ${changedLines.length} of them changed`);
  for (const [kind, { replaced, distinct }] of Object.entries(counts))
    row(kind, `${replaced} replaced, ${distinct} distinct`);
  printLeftOut(leftOut);
}

export function printSplit({ training, heldOut, groups, labels, notes, leftOut }: DataSplitResult): void {
  printLine(`${training.file}: ${training.examples} examples`);
  printLine(`${heldOut.file}: ${heldOut.examples} examples, ${percent(heldOut.share)}`);
  printLine(
    pc.dim(`${groups} groups, none parted${labels.length > 0 ? `; ${labels.length} labels kept in proportion` : ""}`),
  );
  for (const note of notes) printLine(`${pc.yellow("note")} ${note}`);
  printLeftOut(leftOut);
}

export function printExport({ exported, examples, rows, format, leftOut }: DataExportResult): void {
  printLine(`${exported}: ${examples} examples${rows === examples ? "" : ` as ${rows} rows`} for ${format}`);
  printLeftOut(leftOut);
}

export function printSynthesis(result: DataSynthesizeResult): void {
  const { written, examples, byMethod, dropped, restrictedDocuments, plan } = result;
  if (plan) printPlan(plan);
  if (written === null) {
    printLine(pc.dim("dry run: nothing was asked or written"));
    return;
  }
  const methods = Object.entries(byMethod).map(([method, count]) => `${count} ${method}`);
  printLine(`${written}: ${examples} examples (${methods.join(", ")})`);
  if (plan === null) printLine(pc.dim("made by rules, no language model: read them before you train on them"));
  for (const [reason, count] of Object.entries(dropped)) row("dropped", `${count}: ${reason}`);
  if (restrictedDocuments > 0)
    row("left out", `${restrictedDocuments} documents with access groups: weights know no groups`);
  printLine(`Next: assay data check ${written}`);
}

export function printDistil({ written, examples, leftOut, plan }: DataDistilResult): void {
  printPlan(plan);
  if (written === null) {
    printLine(pc.dim("dry run: nothing was asked or written"));
    return;
  }
  printLine(`${written}: ${examples} examples`);
  printLeftOut(leftOut);
  printLine(`Next: assay data check ${written}`);
}

function printPlan({ model, calls, inputTokens, outputTokens, costUsd, costReason }: DataDistilResult["plan"]): void {
  const price = costUsd === null ? `price unknown: ${costReason}` : `about USD ${costUsd.toFixed(4)}`;
  printLine(
    `${calls} calls to ${model}, about ${number(inputTokens)} tokens in, ${number(outputTokens)} out: ${price}`,
  );
}

function printLeftOut(leftOut: readonly LineProblem[]): void {
  if (leftOut.length === 0) return;
  printLine(`${pc.yellow("left out")} ${new Set(leftOut.map(({ line }) => line)).size} lines`);
  printProblems(leftOut);
}

function printProblems(problems: readonly LineProblem[]): void {
  for (const { line, message } of problems.slice(0, mostShown)) printLine(`${pc.yellow("line")} ${line}: ${message}`);
  if (problems.length > mostShown) printLine(pc.dim(`… and ${problems.length - mostShown} more; --json lists all`));
}

function row(name: string, text: string): void {
  printLine(`  ${pc.cyan(name.padEnd(10))} ${text}`);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
