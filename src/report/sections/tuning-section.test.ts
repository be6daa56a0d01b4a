// The tuned model in the report: its curves stay in their frame, unknown probes stay unknown, and its label is always said.
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { TuningReport } from "../../core/comparison.ts";
import { sampleReport } from "../../testing/sample-report.ts";
import { lossCurves } from "../charts/loss-curves.ts";
import { renderHtml } from "../html.ts";
import { markupOf } from "../html-template.ts";

const tuning: TuningReport = {
  id: "0a1b2c3d4e5f",
  approaches: ["fine-tuned"],
  label: "knows only your examples",
  examples: 431,
  heldOut: 59,
  parameters: 918_656,
  steps: 320,
  tokens: 616_288,
  ms: 61_000,
  bestStep: 224,
  trainingLoss: [1, 100, 200, 320].map((step) => ({ step, loss: 7 / Math.sqrt(step) })),
  heldOutLoss: [100, 200, 320].map((step) => ({ step, loss: 2 + Math.abs(step - 220) / 400 })),
  probes: [
    { name: "format stability", value: 0.98, unit: "share", n: 100, meaning: "keys & types" },
    { name: "memorisation", value: null, unit: "bits", n: 0, meaning: "no canaries were planted" },
  ],
};

const sectionOf = (report: TuningReport) =>
  parseHTML(renderHtml({ ...sampleReport, tuning: report })).document.querySelector("#tuning");

describe("the section", () => {
  test("says what the model is, draws its curves and lists its probes", () => {
    const section = sectionOf(tuning)!;
    expect(section.textContent).toContain("knows only your examples");
    expect(section.querySelectorAll("svg")).toHaveLength(2);
    const rows = [...section.querySelectorAll("table")].at(-1)!.querySelectorAll("tbody tr");
    expect([...rows].map((row) => row.querySelector("td")!.textContent)).toEqual(["98.0 of 100", "–"]);
  });

  test("is left out where no model was trained here", () => {
    expect(parseHTML(renderHtml(sampleReport)).document.querySelector("#tuning")).toBeNull();
  });
});

describe("loss curves", () => {
  const curve = fc.array(
    fc.record({ step: fc.nat({ max: 5000 }), loss: fc.oneof(fc.double({ min: 0, max: 50 }), fc.constant(Number.NaN)) }),
    { maxLength: 20 },
  );

  test("stay inside their frame, whatever the losses", () => {
    fc.assert(
      fc.property(curve, curve, fc.option(fc.nat({ max: 5000 })), (trainingLoss, heldOutLoss, best) => {
        const drawn = lossCurves({ ...tuning, trainingLoss, heldOutLoss, bestStep: best }, "narrow");
        if (drawn === null) return;
        const svg = parseHTML(markupOf(drawn)).document.querySelector("svg")!;
        const [width, height] = ["width", "height"].map((name) => Number(svg.getAttribute(name)));
        const places = [...svg.querySelectorAll("path")].flatMap((path) => [
          ...(path.getAttribute("d") ?? "").matchAll(/[ML](\S+) (\S+)/g),
        ]);
        expect(places.every(([, x]) => Number(x) >= 0 && Number(x) <= width!)).toBe(true);
        expect(places.every(([, , y]) => Number(y) >= 0 && Number(y) <= height!)).toBe(true);
        const lines = [...svg.querySelectorAll("line")].map((line) => Number(line.getAttribute("x1")));
        expect(lines.every((x) => x >= 0 && x <= width!)).toBe(true);
      }),
    );
  });

  test("are not drawn of a single point", () => {
    expect(lossCurves({ ...tuning, trainingLoss: [{ step: 1, loss: 2 }], heldOutLoss: [] }, "wide")).toBeNull();
  });
});
