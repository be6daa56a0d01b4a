// What every bench command takes and prints.

export type BenchOptions = {
  /** Folder with the measuring sets. */
  readonly data: string;
  /** Only these sets. */
  readonly sets?: readonly string[];
  /** `judges` alone: a model instead of the lexical judge. */
  readonly judge?: string;
  /** `serve` alone: how long each load lasts, for a quick look. */
  readonly seconds?: number;
};

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The value below which the given share of the sorted values lies (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}
