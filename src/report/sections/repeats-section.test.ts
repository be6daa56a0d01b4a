// Repeats in the report: shown where they were measured, unknown where no question had a score each time.
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { sampleReport } from "../../testing/sample-report.ts";
import { renderHtml } from "../html.ts";

const unknown = { mean: Number.NaN, alwaysRight: Number.NaN, onceRight: Number.NaN };

test("shows pass^k and both kinds of noise for every approach", () => {
  const repeats = [
    {
      name: "rag",
      n: 40,
      repeats: 3,
      mean: 0.7,
      alwaysRight: 0.5,
      onceRight: 0.85,
      modelNoise: 0.12,
      questionNoise: 0.3,
    },
    { name: "prompt", n: 0, repeats: 3, ...unknown, modelNoise: Number.NaN, questionNoise: 0 },
  ];
  const section = parseHTML(renderHtml({ ...sampleReport, repeats })).document.querySelector("#repeats")!;
  const cells = [...section.querySelectorAll("tbody tr")].map((row) =>
    [...row.querySelectorAll("td")].map((cell) => cell.textContent),
  );
  expect(cells).toEqual([
    ["70.0", "50.0", "85.0", "12.0", "30.0", "40"],
    ["–", "–", "–", "–", "0.0", "0"],
  ]);
  expect(section.textContent).toContain("pass^3");
});

test("is left out where no question was asked again", () => {
  expect(parseHTML(renderHtml(sampleReport)).document.querySelector("#repeats")).toBeNull();
});
