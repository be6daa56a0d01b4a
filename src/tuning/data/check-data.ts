// Everything that can be said of a training file before money or time is spent on it. Pure: held-out questions and schema
// checks come in as findings of others.
import type { DataFindings, HeldOutLeak } from "./data-findings.ts";
import { diversityOf } from "./diversity.ts";
import { findDuplicates } from "./duplicates.ts";
import { labelFields } from "./labels.ts";
import type { DataFile, LineProblem } from "./read-rows.ts";
import { scanSensitive } from "./sensitive-scan.ts";
import { tokenSizes } from "./token-sizes.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export type CheckInput = {
  readonly file: DataFile;
  /** Examples longer than this are cut by the trainer. In tokens. */
  readonly maxTokens: number;
  /** Held-out questions that stand in the examples; undefined where there are no questions to look for. */
  readonly leaks?: readonly HeldOutLeak[];
  /** Answers that break the schema they were promised to satisfy. */
  readonly schemaProblems?: readonly LineProblem[];
};

export type DataCheck = DataFindings & { readonly verdict: Verdict };

export function checkData({ file, maxTokens, leaks, schemaProblems = [] }: CheckInput): DataCheck {
  const rows = file.lines.map(({ row }) => row);
  const findings = {
    examples: rows.length,
    shape: file.shape ?? null,
    problems: [...file.broken, ...schemaProblems].toSorted((a, b) => a.line - b.line),
    duplicates: findDuplicates(rows),
    leaks: leaks ?? null,
    tokens: tokenSizes(rows, maxTokens),
    labels: labelFields(rows),
    diversity: diversityOf(rows),
    sensitive: scanSensitive(file.lines),
  };
  return { ...findings, verdict: verdictOf(findings) };
}
