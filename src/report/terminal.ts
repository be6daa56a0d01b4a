// The scoreboard and the recommendation as a terminal shows them.
import pc from "picocolors";
import type { Comparison } from "../core/comparison.ts";
import { type ScoreboardRow, scoreboard } from "./scoreboard.ts";
import { verdictWords } from "./verdict-words.ts";

/** Columns that fit beside a name in 110 characters; the HTML report has them all. */
const shownColumns = [0, 1, 3, 5, 6, 7, 8, 10];
const shortHeads = [
  "quality (95%)",
  "contains",
  "F1",
  "recall@5",
  "nDCG@10",
  "cited",
  "declines",
  "over-decl.",
  "p50",
  "p95",
  "$/1,000",
];

const marker = "▸ ";
const columnGap = "  ";

export function renderTerminal(comparison: Comparison): string {
  const { approach, because, unless } = comparison.recommendation;
  const rows = scoreboard(comparison.approaches, approach);
  const { before, name, after } = verdictWords(comparison.recommendation);
  const verdict = approach === null ? pc.yellow(before) : `${before}${pc.bold(pc.green(name))}${after}`;
  return [
    "",
    ...tableLines(rows),
    "",
    verdict,
    ...because.map((sentence) => colouredWarning(wrapped(sentence, "  • "))),
    pc.dim("This would change if:"),
    ...unless.map((sentence) => wrapped(sentence, "  • ")),
    "",
    `Report: ${comparison.report}`,
  ].join("\n");
}

function tableLines(rows: readonly ScoreboardRow[]): readonly string[] {
  const widths = shownColumns.map((column) =>
    Math.max(shortHeads[column]?.length ?? 0, ...rows.map((row) => row.cells?.[column]?.length ?? 0)),
  );
  const nameWidth = Math.max(0, ...rows.map((row) => row.name.length)) + marker.length + columnGap.length;
  const line = (cells: readonly string[]) => cells.map((cell, at) => cell.padStart(widths[at] ?? 0)).join(columnGap);
  const head = `${"".padEnd(nameWidth)}${line(shownColumns.map((column) => shortHeads[column] ?? ""))}`;
  const firstYardstick = rows.findIndex((row) => row.yardstick);
  return [
    pc.dim(head),
    ...rows.flatMap((row, place) => [
      ...(place === firstYardstick ? [pc.dim("yardsticks, never recommended")] : []),
      rowLine(row, nameWidth, line),
    ]),
  ];
}

function rowLine(row: ScoreboardRow, nameWidth: number, line: (cells: readonly string[]) => string): string {
  const name = `${row.recommended ? marker : " ".repeat(marker.length)}${row.name}`.padEnd(nameWidth);
  if (row.cells === undefined) return pc.dim(`${name}not run: ${row.reason}`);
  const text = `${name}${line(shownColumns.map((column) => row.cells?.[column] ?? ""))}`;
  return row.recommended ? pc.green(text) : row.yardstick ? pc.dim(text) : text;
}

function colouredWarning(text: string): string {
  return text.startsWith("  • WARNING") ? pc.yellow(text) : text;
}

function wrapped(text: string, bullet: string, width = 108): string {
  const lines: string[] = [];
  let line = bullet;
  for (const word of text.split(" ")) {
    if (line.length + word.length > width) {
      lines.push(line.trimEnd());
      line = " ".repeat(bullet.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()].join("\n");
}
