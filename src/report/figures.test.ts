// Spelling of numbers, and the two plain-text reports that are built of them.
import { describe, expect, test } from "vitest";
import { nothingScored, sampleApproach, sampleReport, summary } from "../testing/sample-report.ts";
import { counted, dateAndTime, dollars, milliseconds, perThousand, points, pValue, signedPoints } from "./figures.ts";
import { renderMarkdown } from "./markdown.ts";
import { ranked } from "./scoreboard.ts";
import { renderTerminal } from "./terminal.ts";

describe("figures", () => {
  test("spell an unknown as a dash, never as zero", () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
      expect([points(value), signedPoints(value), milliseconds(value), dollars(value), pValue(value)]).toEqual([
        "–",
        "–",
        "–",
        "–",
        "–",
      ]);
    expect(perThousand(null)).toBe("–");
  });

  test("spell scores and differences in points", () => {
    expect([
      points(0.7344),
      points(0),
      points(-0.00001),
      signedPoints(0.034),
      signedPoints(-0.034),
      signedPoints(0),
    ]).toEqual(["73.4", "0.0", "0.0", "+3.4", "−3.4", "0.0"]);
  });

  test("tell a small time or cost from none", () => {
    expect([milliseconds(0), milliseconds(0.002), milliseconds(7.23), milliseconds(640), milliseconds(2310)]).toEqual([
      "0 ms",
      "< 0.1 ms",
      "7.2 ms",
      "640 ms",
      "2.3 s",
    ]);
    expect([dollars(0), dollars(0.0004), dollars(0.2), dollars(31.5), dollars(31_000)]).toEqual([
      "$0",
      "< $0.01",
      "$0.20",
      "$31.50",
      "$31,000",
    ]);
  });

  test("count and date", () => {
    expect([counted(1, "document"), counted(1204, "document")]).toEqual(["1 document", "1,204 documents"]);
    expect([dateAndTime("2026-11-21T09:56:12.000Z"), dateAndTime("soon")]).toEqual([
      "21 November 2026, 09:56 UTC",
      "soon",
    ]);
  });
});

test("ranking puts what could not be scored last, and yardsticks after all approaches", () => {
  const list = [
    sampleApproach("none", nothingScored),
    sampleApproach("zero", summary(0)),
    sampleApproach("best", summary(0.9), { yardstick: true }),
  ];
  expect(ranked(list).map(({ name }) => name)).toEqual(["zero", "none", "best"]);
});

describe("terminal", () => {
  const lines = renderTerminal({ ...sampleReport, report: "report.html" }).split("\n");

  test("keeps a gap between every name and its first column", () => {
    for (const approach of sampleReport.approaches) {
      const line = lines.find((one) => one.includes(approach.name)) ?? "";
      expect(line).toMatch(new RegExp(`${approach.name}  `));
    }
  });

  test("ends every row of figures in the same column", () => {
    const rows = lines.filter((line) => /\(\d+\.\d–\d+\.\d/.test(line) && !line.includes("95% interval"));
    expect(rows).toHaveLength(10);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });
});

test("Markdown holds verdict, scoreboard, pairs and assumptions", () => {
  const page = renderMarkdown(sampleReport);
  for (const part of [
    "**Ship `rag`.**",
    "| **rag** | 76.8 (71.8–81.8)",
    "19 unscored",
    "| rag | hybrid |",
    "10,000 clustered",
  ])
    expect(page).toContain(part);
});
