// Risk by coverage in the report: each curve ends where all answers are given, and the table holds what is drawn.
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { sampleReport } from "../../testing/sample-report.ts";
import { renderHtml } from "../html.ts";

const points = [
  { confidence: 0.9, coverage: 0.5, risk: 0.1 },
  { confidence: 0.4, coverage: 1, risk: 0.3 },
];
const name = sampleReport.approaches[0]!.name;

test("draws the curve from the surest half to all, with its figures in the table", () => {
  const report = { ...sampleReport, riskCoverage: [{ name, n: 20, points }] };
  const section = parseHTML(renderHtml(report)).document.querySelector("#risk")!;
  // 586 wide from 44 at the left, 258 high from 270 at the bottom.
  expect(section.querySelector(".wide path")!.getAttribute("d")).toBe("M337 244.2 L630 192.6");
  const cells = [...section.querySelectorAll("tbody td")].map((cell) => cell.textContent);
  expect(cells).toEqual(["10.0", "10.0", "10.0", "30.0", "30.0", "20"]);
});

test("names of curves that end together stand apart", () => {
  const riskCoverage = sampleReport.approaches.slice(0, 3).map((one) => ({ name: one.name, n: 20, points }));
  const section = parseHTML(renderHtml({ ...sampleReport, riskCoverage })).document.querySelector("#risk")!;
  const heights = [...section.querySelectorAll(".wide text.name")].map((name) => Number(name.getAttribute("y")));
  expect(heights).toEqual([196.6, 182.6, 168.6]);
});

test("is left out where no approach says how sure it is", () => {
  expect(parseHTML(renderHtml({ ...sampleReport, riskCoverage: [] })).document.querySelector("#risk")).toBeNull();
  expect(parseHTML(renderHtml(sampleReport)).document.querySelector("#risk")).toBeNull();
});
