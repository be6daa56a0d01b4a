// What is found in a training file, before anybody says what it means.
import type { Diversity } from "./diversity.ts";
import type { DuplicateReport } from "./duplicates.ts";
import type { LabelCounts } from "./labels.ts";
import type { DataFile, LineProblem } from "./read-rows.ts";
import type { SensitiveFinding } from "./sensitive-scan.ts";
import type { TokenSizes } from "./token-sizes.ts";

export type HeldOutLeak = {
  readonly questionId: string;
  readonly line: number;
  readonly kind: "exact" | "contained" | "near";
  readonly similarity: number;
};

export type DataFindings = {
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
};
