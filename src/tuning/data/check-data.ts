// Everything that can be said of a training file before money or time is spent on it. Pure: held-out questions and schema
// checks come in as findings of others.
import { type Diversity, diversityOf } from "./diversity.ts";
import { type DuplicateReport, findDuplicates } from "./duplicates.ts";
import { type LabelCounts, labelFields } from "./labels.ts";
import type { DataFile, LineProblem } from "./read-rows.ts";
import { type SensitiveFinding, scanSensitive } from "./sensitive-scan.ts";
import { type TokenSizes, tokenSizes } from "./token-sizes.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export type HeldOutLeak = {
  readonly questionId: string;
  readonly line: number;
  readonly kind: "exact" | "contained" | "near";
  readonly similarity: number;
};

export type CheckInput = {
  readonly file: DataFile;
  /** Examples longer than this are cut by the trainer. In tokens. */
  readonly maxTokens: number;
  /** Held-out questions that stand in the examples; undefined where there are no questions to look for. */
  readonly leaks?: readonly HeldOutLeak[];
  /** Answers that break the schema they were promised to satisfy. */
  readonly schemaProblems?: readonly LineProblem[];
};

export type DataCheck = {
  readonly examples: number;
  readonly shape: DataFile["shape"] | null;
  /** Lines that are no example, or whose answer breaks its schema; by line. */
  readonly problems: readonly LineProblem[];
  readonly duplicates: DuplicateReport;
  /** Null: there were no held-out questions to look for. */
  readonly leaks: readonly HeldOutLeak[] | null;
  readonly tokens: TokenSizes;
  readonly labels: readonly LabelCounts[];
  readonly diversity: Diversity;
  readonly sensitive: readonly SensitiveFinding[];
  readonly verdict: Verdict;
};

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
