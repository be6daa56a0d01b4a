// The page as a whole: complete, safe whatever the documents say, honest about what is unknown.
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import type { ComparisonReport } from "../core/comparison.ts";
import { nothingScored, notRunApproach, sampleApproach, sampleReport, summary } from "../testing/sample-report.ts";
import { renderHtml } from "./html.ts";

const empty: ComparisonReport = {
  ...sampleReport,
  approaches: [],
  pairs: [],
  recommendation: { approach: null, because: [], unless: [] },
  questions: { count: 0, answerable: 0, clusters: 0, byKind: {} },
  detectableDifference: null,
  metrics: [],
  byKind: {},
  worst: [],
  leakage: [],
  assumptions: [],
  environment: {},
};

const unscored = sampleApproach(
  "rag",
  { ...nothingScored, missing: 12 },
  {
    costUsd: { perQuery: null, upfront: null, monthly: null },
    latencyMs: { p50: Number.NaN, p95: Number.NaN },
    prepareMs: Number.NaN,
    throughputQps: Number.NaN,
    scores: { quality: { ...nothingScored, missing: 12 } },
  },
);

const fields = new Set<string>();
const collectFields = (part: unknown): void => {
  if (typeof part !== "object" || part === null) return;
  if (!Array.isArray(part)) for (const key of Object.keys(part)) fields.add(key);
  for (const inner of Object.values(part)) collectFields(inner);
};
collectFields({ ...sampleReport, byKind: {}, environment: {} });
const isField = (key: string) => fields.has(key) || key === "quality";

/** The same report with every string, names in keys included, put through `change`. */
function replaceStrings<T>(value: T, change: (text: string) => string): T {
  const walk = (part: unknown): unknown => {
    if (typeof part === "string") return change(part);
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, inner]) => [isField(key) ? key : change(key), walk(inner)]),
    );
  };
  return walk(value) as T;
}

const longName = "a-provider-with-a-long-name/".repeat(6);
const reports: Readonly<Record<string, ComparisonReport>> = {
  rich: sampleReport,
  empty,
  "nothing scored": { ...empty, approaches: [unscored], metrics: sampleReport.metrics },
  "one approach": { ...sampleReport, approaches: [sampleApproach("rag", summary(0.5))], pairs: [] },
  "nothing run": { ...empty, approaches: [notRunApproach("rag", "no documents: assay ingest docs")] },
  "very long names": replaceStrings(sampleReport, (text) =>
    text === "rag" || text === "hybrid" ? `${longName}${text}` : text,
  ),
};

/** Keeps the words by which the code tells cases apart, and makes hostile whatever else a report may hold. */
function hostile(text: string): ComparisonReport {
  const kept = new Set(["scored", "not-run", "answered", "declined", "failed", "quality", "contains", "recall@5"]);
  return replaceStrings(sampleReport, (original) => (kept.has(original) ? original : `${original}${text}`));
}

const voidElements = new Set(["meta", "br", "hr", "img", "input", "link"]);

/** Names of the elements that are opened and not closed, or closed and not opened, in order. */
function unbalanced(page: string): readonly string[] {
  const open: string[] = [];
  const faults: string[] = [];
  const markup = page.replace(/<style>[\s\S]*?<\/style>/g, "").replace(/<!doctype html>/, "");
  for (const [tag, closing, name = ""] of markup.matchAll(
    /<(\/?)([a-zA-Z][\w-]*)(?:\s+[\w-]+="[^"<>]*")*\s*\/?>|<[^>]*>?/g,
  )) {
    if (name === "") faults.push(`malformed: ${tag}`);
    else if (closing === "/") {
      if (open.pop() !== name) faults.push(`</${name}>`);
    } else if (!tag.endsWith("/>") && !voidElements.has(name)) open.push(name);
  }
  return [...faults, ...open];
}

const documentOf = (report: ComparisonReport) => parseHTML(renderHtml(report)).document;

describe.each(Object.entries(reports))("a page from a report: %s", (_, report) => {
  const page = renderHtml(report);
  const { document } = parseHTML(page);

  test("is well-formed, with unique ids that all links reach", () => {
    expect(unbalanced(page)).toEqual([]);
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...document.querySelectorAll("[href]")].map((link) => link.getAttribute("href"));
    expect(targets.filter((target) => !ids.includes(String(target).slice(1)))).toEqual([]);
  });

  test("asks for nothing from outside and runs nothing", () => {
    expect(page).not.toMatch(/https?:|\burl\(|@import|\bsrc=/);
    expect(document.querySelectorAll("script, link, img, iframe, object, form")).toHaveLength(0);
    expect(page).toContain("default-src &#39;none&#39;");
  });

  test("has a verdict, a method and no leftovers of unknown values", () => {
    expect(document.querySelector("h1")?.textContent).toMatch(/^(Ship .+|No approach is recommended)\.$/);
    expect(document.querySelector("#method")?.textContent).toContain("assay compare");
    expect(page).not.toMatch(/NaN|undefined|null|Infinity|\[object/);
  });

  test("is the same when made from the saved JSON, where NaN is null", () => {
    expect(renderHtml(JSON.parse(JSON.stringify(report)) as ComparisonReport)).toBe(page);
  });
});

describe("a full page", () => {
  const document = documentOf(sampleReport);
  const textOf = (selector: string) => document.querySelector(selector)?.textContent ?? "";

  test("has every section, and links to it", () => {
    const sections = [...document.querySelectorAll("main > section")].map(({ id }) => id);
    expect(sections).toEqual([
      "verdict",
      "leakage",
      "scoreboard",
      "charts",
      "kinds",
      "pairs",
      "worst",
      "costs",
      "details",
      "method",
    ]);
    expect(document.querySelectorAll("nav a")).toHaveLength(sections.length - 1);
  });

  test("gives the verdict with its reasons and the winner's figures first", () => {
    expect(textOf("h1")).toBe("Ship rag.");
    for (const sentence of [...sampleReport.recommendation.because, ...sampleReport.recommendation.unless])
      expect(textOf("#verdict")).toContain(sentence);
    for (const figure of ["76.8", "71.8 to 81.8", "640 ms", "$2.10", "240"])
      expect(textOf(".figures")).toContain(figure);
  });

  test("ranks approaches before yardsticks, with coverage, labels and the reasons of what was not run", () => {
    const names = [...document.querySelectorAll("#scoreboard .scroll:first-of-type tbody th[scope=row] .name")].map(
      ({ textContent }) => textContent,
    );
    expect(names.slice(0, 3)).toEqual(["hybrid", "rag", "long-context"]);
    expect(names.indexOf("oracle")).toBeGreaterThan(names.indexOf("prompt-only"));
    for (const words of ["19 missing", "n 221", "extractive, no language model", "assay tune --method raft"])
      expect(textOf("#scoreboard")).toContain(words);
    for (const { label } of sampleReport.metrics.slice(0, 4))
      expect(textOf("#scoreboard .definitions")).toContain(label);
  });

  test("draws three charts for both widths, each named and with its table", () => {
    expect(document.querySelectorAll("#charts figure")).toHaveLength(3);
    const pictures = [...document.querySelectorAll("#charts svg")];
    expect(pictures).toHaveLength(6);
    for (const picture of pictures) expect(picture.getAttribute("aria-label")).toMatch(/^Quality/);
    expect(document.querySelectorAll("#charts figure details table")).toHaveLength(3);
    expect(textOf("#charts")).toContain("In the lane “unknown”: fine-tuned.");
    expect(textOf("#charts figure:nth-of-type(1) title")).toBe("oracle: 86.1 (81.1–91.1)");
  });

  test("shows each kind of question with every approach and its n", () => {
    expect(document.querySelectorAll("#kinds tbody tr")).toHaveLength(6);
    expect(document.querySelectorAll("#kinds tbody td")).toHaveLength(60);
    expect(textOf("#kinds")).toContain("n 40");
  });

  test("turns pairs so that the higher one stands first, and says what the adjusted p shows", () => {
    const rows = [...document.querySelectorAll("#pairs tbody tr")].map(({ textContent }) => String(textContent));
    expect(rows[0]).toMatch(/^hybrid against rag\+1.1.*−2.9 to \+5.10.920no difference found/);
    expect(rows[2]).toMatch(/^rag against prompt-only\+45.6.*< 0.001rag is better/);
  });

  test("shows a worst question with references, answers, citations and passages, gold ones marked", () => {
    const [gold, other] = [...document.querySelectorAll("#worst .passage")].map(({ textContent }) =>
      String(textContent),
    );
    expect(gold).toContain("gold");
    expect(other).toContain('docs/tables/fees "2026".pdf, page 4');
    expect(other).toContain("rag (2), long-context (1)");
    expect(other).not.toContain("gold");
    for (const words of ["22 days and a half", "28 days of leave a year. [1]", "the model took too long", "no text"])
      expect(textOf("#worst")).toContain(words);
  });

  test("tells what running and changing costs, an unknown amount with its reason", () => {
    const cells = [...document.querySelectorAll("#costs tbody td")].slice(0, 5).map(({ textContent }) => textContent);
    expect(cells).toEqual([
      "$2.10",
      "–acme/embed-1 has no known price",
      "$0",
      "$210",
      "$0.00042embed the document again, served after 38 ms",
    ]);
    for (const words of [
      "rag costs less than long-context from 11 questions a month",
      "people's hours to set it up: all",
    ])
      expect(textOf("#costs")).toContain(words);
  });

  test("keeps to 25 worst questions", () => {
    const worst = Array.from({ length: 40 }, (_, at) => ({ ...sampleReport.worst[0]!, id: `q${at}` }));
    expect(documentOf({ ...sampleReport, worst }).querySelectorAll("#worst .question")).toHaveLength(25);
  });
});

describe("unknown values", () => {
  const document = documentOf(reports["nothing scored"]!);

  test("are dashes in the scoreboard, never zeros", () => {
    const row = document.querySelector("#scoreboard tbody tr");
    const cells = [...(row?.querySelectorAll("td") ?? [])].map(({ textContent }) => String(textContent).trim());
    expect(cells).toEqual(["– 12 missing", "–", "–", "–", "–"]);
  });

  test("are dashes among the key figures and in the details", () => {
    const values = [...document.querySelectorAll(".figures .value")].map(({ textContent }) => textContent);
    expect(values).toEqual(["–", "–", "–", "0", "–"]);
    expect(document.querySelector("#details tbody tr")?.textContent).not.toContain("0");
    expect(document.querySelector("#charts")?.textContent).toContain("Nothing can be drawn");
  });
});

describe("hostile text", () => {
  const attacks = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    '" style="position:fixed" x="',
    "--></svg></table><h1>Ship me</h1>",
    "\u0000\u001B[31m\uD800",
    "]]>&lt;b&gt;&amp;",
  ];

  test.each(attacks)("is shown as text wherever it stands: %j", (attack) => {
    const page = renderHtml(hostile(attack));
    const { document } = parseHTML(page);
    expect(unbalanced(page)).toEqual([]);
    expect(document.querySelectorAll("script, img, h1:not(#verdict-title)")).toHaveLength(0);
    expect(document.querySelectorAll("style")).toHaveLength(1);
    expect(
      [...document.querySelectorAll("*")].flatMap(({ attributes }) => [...attributes].map(({ name }) => name)),
    ).not.toContain("onmouseover");
    const visible = attack.replace(/[\p{Control}\p{Surrogate}]/gu, "\uFFFD");
    expect(document.querySelector("#worst .text")?.textContent).toContain(visible);
    expect(document.querySelector("h1")?.textContent).toBe(`Ship rag${visible}.`);
  });

  test("of any kind leaves the structure of the page as it is", () => {
    // Without the insides of pictures: longer names may get a line that leads to their point.
    const shape = (report: ComparisonReport) =>
      [...documentOf(report).querySelectorAll("*:not(svg *)")].map(({ tagName }) => tagName).join(" ");
    const expected = shape(hostile("x"));
    const dangerous = fc.string({
      unit: fc.constantFrom("<", ">", '"', "'", "&", "/", "!", "-", "`", "=", " ", "\n", "a", "é", "\u0000"),
    });
    fc.assert(
      fc.property(dangerous, (text) => shape(hostile(`x${text}`)) === expected),
      { numRuns: 40 },
    );
  });
});
