// Whatever the values, marks stay inside their frame and names apart.
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { sampleApproach, summary } from "../../testing/sample-report.ts";
import { markupOf } from "../html-template.ts";
import { type Charted, chartData } from "./chart-data.ts";
import { intervalChart } from "./intervals.ts";
import { fitted, overlap, placeLabels, textWidthPx } from "./labels.ts";
import { logAxis } from "./scales.ts";
import { scatterChart } from "./scatter.ts";
import { dollarTick, durationTick } from "./tick-labels.ts";

const edge = fc.constantFrom(0, 1, -0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.MIN_VALUE, Number.MAX_VALUE);
const anyValue = fc.oneof(edge, fc.double(), fc.double({ min: 0, max: 1 }));
const share = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));

const charted: fc.Arbitrary<Charted> = fc.record({
  name: fc.string({ minLength: 1, maxLength: 60 }),
  role: fc.constantFrom("recommended", "approach", "yardstick"),
  quality: fc.record({
    mean: share,
    low: fc.oneof(share, edge),
    high: fc.oneof(share, edge),
    n: fc.nat(),
    missing: fc.nat(),
  }),
  costPerQueryUsd: fc.option(anyValue),
  latencyMs: fc.option(anyValue),
});

const axis = {
  title: "cost",
  value: ({ costPerQueryUsd }: Charted) => costPerQueryUsd,
  words: () => "words",
  tickLabel: dollarTick,
  none: "$0",
};

function coordinates(markup: string): { width: number; height: number; xs: number[]; ys: number[]; raw: string[] } {
  const svg = parseHTML(markup).document.querySelector("svg")!;
  const values = (names: readonly string[]) =>
    names.flatMap((name) => [...svg.querySelectorAll(`[${name}]`)].map((element) => element.getAttribute(name) ?? ""));
  const [xs, ys] = [values(["cx", "x1", "x2", "x"]), values(["cy", "y1", "y2", "y"])];
  const paths = [...svg.querySelectorAll("path")].flatMap((path) => [
    ...(path.getAttribute("d") ?? "").matchAll(/[ML](\S+) (\S+)/g),
  ]);
  return {
    width: Number(svg.getAttribute("width")),
    height: Number(svg.getAttribute("height")),
    xs: [...xs, ...paths.map(([, x]) => x ?? "")].map(Number),
    ys: [...ys, ...paths.map(([, , y]) => y ?? "")].map(Number),
    raw: [...xs, ...ys],
  };
}

function expectInside(markup: string): void {
  const { width, height, xs, ys } = coordinates(markup);
  expect(xs.length).toBeGreaterThan(0);
  expect(xs.filter((x) => !(x >= 0 && x <= width))).toEqual([]);
  expect(ys.filter((y) => !(y >= 0 && y <= height))).toEqual([]);
}

describe("charts", () => {
  const lists = fc.array(charted, { minLength: 1, maxLength: 14 });

  test.each(["wide", "narrow"] as const)("keep every mark inside the frame (%s)", (size) => {
    fc.assert(
      fc.property(lists, (drawn) => {
        expectInside(markupOf(intervalChart(drawn, size)!));
        expectInside(markupOf(scatterChart(drawn, axis, size)!.picture));
      }),
      { numRuns: 150 },
    );
  });

  test("draw nothing for nothing", () => {
    expect(intervalChart([], "wide")).toBeNull();
    expect(scatterChart([], axis, "wide")).toBeNull();
  });

  test("leave out, by name, an approach without a scored answer", () => {
    const none = { mean: Number.NaN, low: Number.NaN, high: Number.NaN, n: 0, missing: 3 };
    const data = chartData(
      [sampleApproach("a", summary(0.2)), sampleApproach("b", none), sampleApproach("c", summary(0.4))],
      "a",
    );
    expect(data.drawn.map(({ name, role }) => [name, role])).toEqual([
      ["c", "approach"],
      ["a", "recommended"],
    ]);
    expect(data.withoutQuality).toEqual(["b"]);
  });
});

describe("a logarithmic axis", () => {
  const options = { from: 40, to: 540, laneWidth: 70, mostTicks: 7, tickLabel: dollarTick };

  test("keeps order, puts zeros and unknowns in lanes, and stays within its ends", () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyValue), { maxLength: 20 }), (values) => {
        const { positions, ticks } = logAxis(values, options);
        expect([...positions, ...ticks.map(({ at }) => at)].filter((at) => !(at >= 40 && at <= 540))).toEqual([]);
        expect(ticks.length).toBeLessThanOrEqual(8);
        const positive = values.flatMap((value, at) =>
          value !== null && value > 0 && Number.isFinite(value) ? [{ value, at: positions[at]! }] : [],
        );
        for (const one of positive)
          for (const other of positive) if (one.value < other.value) expect(one.at).toBeLessThanOrEqual(other.at);
      }),
    );
  });

  test("shows a decade as equal steps, a zero left of them and an unknown right of them", () => {
    const { positions, lanes } = logAxis([1, 10, 100, 0, null], options);
    const [one = 0, ten = 0, hundred = 0, zero = 0, unknown = 0] = positions;
    expect(ten - one).toBeCloseTo(hundred - ten, 6);
    expect(zero).toBe(75);
    expect(unknown).toBe(505);
    expect(lanes).toEqual([
      { lane: "none", from: 40, to: 110 },
      { lane: "unknown", from: 470, to: 540 },
    ]);
  });

  test("has at least one tick wherever there is a value", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (value) => {
        expect(logAxis([value], options).ticks.length).toBeGreaterThan(0);
      }),
    );
  });

  test("spells its ticks in money and in time", () => {
    expect([dollarTick(1, -5), dollarTick(5, -2), dollarTick(2, 3), dollarTick(2, -3)]).toEqual([
      "$10⁻⁵",
      "$0.05",
      "$2,000",
      "$2×10⁻³",
    ]);
    expect([durationTick(1, -1), durationTick(5, 2), durationTick(2, 4)]).toEqual(["0.1 ms", "500 ms", "20 s"]);
  });
});

describe("labels", () => {
  const frame = { left: 0, top: 0, right: 340, bottom: 300 };
  const point = fc.record({
    x: fc.double({ min: 0, max: 340, noNaN: true }),
    y: fc.double({ min: 0, max: 300, noNaN: true }),
    text: fc.string({ minLength: 1, maxLength: 16 }),
  });

  test("never overlap each other and stay inside the frame", () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 14 }), (points) => {
        const boxes = placeLabels(points, frame, []).flatMap((label) => (label ? [label.box] : []));
        for (const [at, box] of boxes.entries()) {
          expect(boxes.slice(at + 1).filter((other) => overlap(box, other))).toEqual([]);
          expect(box.left >= 0 && box.right <= 340 && box.top >= 0 && box.bottom <= 300).toBe(true);
        }
      }),
    );
  });

  test("find room for eight names on one spot", () => {
    const points = Array.from({ length: 8 }, (_, at) => ({ x: 170, y: 150, text: `approach ${at}` }));
    expect(placeLabels(points, frame, []).filter((label) => label === null)).toEqual([]);
  });

  test("are cut to the width they are given", () => {
    expect(fitted("rag", 100)).toBe("rag");
    expect(fitted("a-very-long-approach-name", 80)).toMatch(/^a-v.*….*name$/);
    expect(textWidthPx(fitted("ある長い名前の方式です", 80))).toBeLessThanOrEqual(80);
  });
});
